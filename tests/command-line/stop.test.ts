import { expect, test } from "vitest";
import { prepareDatabase, startApp } from "../support/running-app";
import { shopCopy } from "../support/scratch-app";

test("an app that is told to end closes what it has in order, and the embedded database last", async () => {
  const scratch = shopCopy();
  const options = { directory: scratch.directory, env: { DATABASE_URL: undefined, NODE_ENV: "development" } };
  try {
    await prepareDatabase(options);
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      const app = await startApp(options);
      app.child.kill(signal);
      await new Promise((resolve) => app.child.once("close", resolve));
      expect(app.child.exitCode).toBe(0);
      expect(app.output()).toContain(`Stopping: ${signal}`);
      expect(app.output()).not.toMatch(/lost|could not|closed/);
    }
  } finally {
    scratch.remove();
  }
});

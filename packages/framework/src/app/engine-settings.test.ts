import { silentLogger } from "@velella/kernel";
import { createStep, createWorkflow } from "@velella/workflows";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { createTestDatabase } from "@velella/data/testing";
import { createApp } from "./create-app";

test("an app's engine has the settings of its config", async () => {
  const database = await createTestDatabase();
  const directory = mkdtempSync(join(tmpdir(), "velella-settings-"));
  const workflows = { maxPayloadBytes: 100, maxDeliveryAttempts: 2, deliveryBackoff: 0.01, leaseSeconds: 90 };
  const projectConfig = { databaseUrl: database.url, workflows };
  writeFileSync(join(directory, "velella.config.ts"), `module.exports = { projectConfig: ${JSON.stringify(projectConfig)} };\n`);
  const app = await createApp({ directory, mode: "start", logger: silentLogger() });
  try {
    const attempts: number[] = [];
    app.engine.subscribers.add({
      id: "fails",
      events: ["tried"],
      handler: () => {
        attempts.push(1);
        throw new Error("no");
      },
    });
    await app.migrate();
    await app.start({ port: 0 });
    await app.engine.events.emit({ name: "tried", data: {} });
    await vi.waitFor(async () => expect(await app.engine.events.list({ dead: true })).toHaveLength(1), 5000);
    expect(attempts).toHaveLength(2);
    const large = createWorkflow({ name: "settings-large", store: true }, () => void createStep("step", async () => 1)());
    await expect(app.engine.run(large, { input: "x".repeat(200) })).rejects.toThrow("the journal takes at most 0.0 MB for one value");
    const { rows } = await app.connection.query<{ lease: number }>(
      "select extract(epoch from lease_until - now())::float8 as lease from velella_instance",
    );
    expect(rows[0]?.lease).toBeGreaterThan(45);
  } finally {
    await app.stop();
    rmSync(directory, { recursive: true });
    await database.drop();
  }
});

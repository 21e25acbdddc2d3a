import { checkFrameworkApp, checkShop } from "./apps.mjs";
import { runTool } from "./command.mjs";

/** The checks that a program of its own does. */

export const format = {
  name: "format",
  run: async ({ root, update }) => {
    if (update) return runTool(root, "oxfmt", []);
    const { ok, output } = await runTool(root, "oxfmt", ["--list-different"]);
    return ok ? { ok, output } : { ok, output: `Not formatted (npx oxfmt does it):\n${output}` };
  },
};

export const lint = {
  name: "lint",
  run: ({ root }) => runTool(root, "oxlint", ["--format", "unix", "--deny-warnings", "."]),
};

export const unused = {
  name: "unused code",
  run: ({ root }) => runTool(root, "knip", ["--no-progress"]),
};

export const types = {
  name: "types",
  run: async ({ root }) => {
    // Tests and apps see what is built, so they are checked after it.
    const steps = [
      () => runTool(root, "tsc", ["-b"]),
      () => runTool(root, "tsc", ["-p", "scripts/check/tsconfig.tests.json"]),
      () => checkFrameworkApp(root),
      () => checkShop(root),
    ];
    for (const step of steps) {
      const result = await step();
      if (!result.ok) return result;
    }
    return { ok: true, output: "" };
  },
};

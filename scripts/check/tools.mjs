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
    const build = await runTool(root, "tsc", ["-b"]);
    // Tests see what is built, so they are checked after it.
    return build.ok ? runTool(root, "tsc", ["-p", "scripts/check/tsconfig.tests.json"]) : build;
  },
};

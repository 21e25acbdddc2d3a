import { existsSync, readdirSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

export const repositoryRoot = fileURLToPath(new URL("../../../", import.meta.url));

/** Folder of the recorded scenarios and of the program that replays them. */
export const kitDirectory = resolve(process.env.CONFORMANCE_DIR ?? join(repositoryRoot, "..", "shared", "conformance"));

/** Whether the kit is there. */
export const hasKit = existsSync(join(kitDirectory, "replay.mjs"));

export const missingKitMessage = `The recorded scenarios are not in ${kitDirectory}. Set CONFORMANCE_DIR to the folder that holds replay.mjs.`;

/**
 * The scenario files that words of a command line name.
 *
 * @param {string[]} names Files or folders, absolute or as they lie in the kit, with or without their ending; all when empty.
 * @returns {string[]} Paths in the kit, such as `fw/http.scenario.json`.
 */
export function scenarioFiles(names) {
  const all = ["fw", "r1", "r2", "r3"].flatMap((folder) =>
    readdirSync(join(kitDirectory, folder))
      .filter((name) => name.endsWith(".scenario.json"))
      .sort()
      .map((name) => `${folder}/${name}`),
  );
  if (names.length === 0) return all;
  return names.flatMap((name) => {
    const inKit = relative(kitDirectory, resolve(kitDirectory, existsSync(resolve(name)) ? resolve(name) : name))
      .split(sep)
      .join("/");
    const found = all.filter((file) => file === inKit || file === `${inKit}.scenario.json` || file.startsWith(`${inKit}/`));
    if (found.length === 0) throw new TypeError(`No scenario is called ${name}. There are: ${all.join(", ")}`);
    return found;
  });
}

/**
 * Folder of the app that a scenario file asks.
 *
 * @param {string} file
 */
export function appDirectoryFor(file) {
  return file.startsWith("fw/") ? join(kitDirectory, "framework-app") : join(repositoryRoot, "tests", "conformance", "app");
}

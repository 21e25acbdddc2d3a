import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { kitDirectory } from "../../tests/conformance/harness/kit.mjs";
import { runTool } from "./command.mjs";

const promises = join("tests", "types");

/**
 * Type-checks an app that lies outside of the repository as its own `tsconfig.json` says, with the packages of this one:
 * in a copy, since packages are found from where a file lies.
 *
 * @param {string} root
 * @param {string} source Folder of the app.
 * @param {{ name?: string; files?: Record<string, string> }} [options] Name of the copy; more files for it, by name.
 * @returns {Promise<{ ok: boolean; output: string }>}
 */
export async function checkAppCopy(root, source, { name = "app", files = {} } = {}) {
  const copies = join(root, "tmp", "types");
  mkdirSync(copies, { recursive: true });
  const copy = mkdtempSync(join(copies, `${name}-`));
  try {
    cpSync(source, copy, { recursive: true, filter: (path) => !/(^|[\\/])(node_modules|\.velella|\.medusa)$/.test(path) });
    if (existsSync(join(root, promises, name))) cpSync(join(root, promises, name), copy, { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(copy, file), text);
    return await runTool(root, "tsc", ["-p", copy, "--noEmit"]);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/**
 * Type-checks the app of the recorded scenarios, which nobody here may change; passes where it is not there.
 *
 * @param {string} root
 * @param {Record<string, string>} [files] More files for it, by name.
 */
export async function checkFrameworkApp(root, files) {
  const source = join(kitDirectory, "framework-app");
  return existsSync(source) ? checkAppCopy(root, source, { name: "framework-app", files }) : { ok: true, output: "" };
}

/**
 * Type-checks the example shop, with what its types promise.
 *
 * @param {string} root
 */
export async function checkShop(root) {
  return runTool(root, "tsc", ["-p", join("examples", "shop"), "--noEmit"]);
}

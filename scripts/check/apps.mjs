import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { kitDirectory } from "../../tests/conformance/harness/kit.mjs";
import { run, runTool } from "./command.mjs";

const promises = join("tests", "types");

/**
 * Type-checks an app as its own `tsconfig.json` says, with the packages of this repository and with what
 * `tests/types/NAME` promises of it: in a copy, since packages are found from where a file lies.
 *
 * @param {string} root
 * @param {string} source Folder of the app.
 * @param {{ name?: string; types?: string; files?: Record<string, string>; args?: string[] }} [options] Name of the copy; the
 *   folder in it that gets the types which `velella types` writes, none by default; more files for it, by name; more words
 *   for the compiler.
 * @returns {Promise<{ ok: boolean; output: string }>}
 */
export async function checkAppCopy(root, source, { name = "app", types, files = {}, args = [] } = {}) {
  const copies = join(root, "tmp", "types");
  mkdirSync(copies, { recursive: true });
  const copy = mkdtempSync(join(copies, `${name}-`));
  try {
    cpSync(source, copy, { recursive: true, filter: (path) => !/(^|[\\/])(node_modules|\.velella|\.medusa)$/.test(path) });
    if (existsSync(join(root, promises, name))) cpSync(join(root, promises, name), copy, { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(copy, file), text);
    if (types) {
      const written = await run(process.execPath, [join(root, "packages", "cli", "bin", "velella.js"), "types"], copy);
      if (!written.ok) return written;
      if (types !== ".velella/types") cpSync(join(copy, ".velella", "types"), join(copy, types), { recursive: true });
    }
    return await runTool(root, "tsc", ["-p", copy, "--noEmit", ...args]);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/**
 * Type-checks the app of the recorded scenarios, which nobody here may change: as it is, and with its own types written;
 * passes where it is not there.
 *
 * @param {string} root
 */
export async function checkFrameworkApp(root) {
  const source = join(kitDirectory, "framework-app");
  if (!existsSync(source)) return { ok: true, output: "" };
  const asItIs = await checkAppCopy(root, source, { name: "framework-app" });
  return asItIs.ok ? checkAppCopy(root, source, { name: "framework-app", types: ".medusa/types" }) : asItIs;
}

/**
 * Type-checks the example shop, with its own types written.
 *
 * @param {string} root
 */
export function checkShop(root) {
  return checkAppCopy(root, join(root, "examples", "shop"), { name: "shop", types: ".velella/types" });
}

import { existsSync } from "node:fs";
import { join } from "node:path";
import { read } from "./sources.mjs";

const roots = /^(packages|scripts|tests|examples|api|docs|benchmarks|\.ci)(\/|$)/;
const packages = /^(kernel|data|workflows|framework|commerce|cli|compat)\/src\//;
const longest = 200;

/**
 * What ARCHITECTURE.md says of the tree and is not so.
 *
 * @param {string} text
 * @param {(path: string) => boolean} exists
 * @param {readonly string[]} folders that it has to name
 * @returns {string[]}
 */
export function mapProblems(text, exists, folders = []) {
  const problems = [];
  const lines = text.split("\n").length - 1;
  if (lines > longest) problems.push(`ARCHITECTURE.md has ${lines} lines; ${longest} are the limit.`);
  for (const [, quoted = ""] of text.matchAll(/`([^`\n]+)`/g)) {
    // `packages/data/src/{read,write}/` names two folders; of `packages/*/src` only the part before the star can be looked up.
    for (const short of expand(quoted)) {
      const path = packages.test(short) ? `packages/${short}` : short;
      if (!roots.test(path) || /\s/.test(path)) continue;
      const fixed = path.replace(/[*<…].*$/, "").replace(/\/$/, "");
      if (!exists(fixed)) problems.push(`ARCHITECTURE.md names ${path}, which is not there.`);
    }
  }
  const named = rowFolders(text);
  for (const folder of folders) {
    if (!named.has(folder) && !named.has(folder.replace(/\/[^/]+$/, ""))) problems.push(`ARCHITECTURE.md has no row for ${folder}.`);
  }
  return problems;
}

/** What the rows of the table are about: of "`packages/data/src/read`, `write`" two folders. */
function rowFolders(/** @type {string} */ text) {
  /** @type {Set<string>} */
  const folders = new Set();
  for (const [, cell = ""] of text.matchAll(/^\| (`packages\/[^|]*) \|/gm)) {
    const [first = "", ...siblings] = [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
    for (const name of siblings) folders.add(first.replace(/[^/]+$/, name));
    folders.add(first);
  }
  return folders;
}

/** The folders of the packages that `layers.json` lists. */
function layerFolders(/** @type {string} */ root) {
  /** @type {{ folders: Record<string, string[]> }} */
  const { folders } = JSON.parse(read(root, join("scripts", "check", "layers.json")));
  return Object.entries(folders)
    .flatMap(([name, all]) => all.map((folder) => `packages/${name}/src/${folder}`))
    .filter((folder) => existsSync(join(root, folder)));
}

/** @returns {string[]} */
function expand(/** @type {string} */ path) {
  const braces = /^(.*?)\{([^}]*)\}(.*)$/.exec(path);
  if (!braces) return [path];
  return (braces[2] ?? "").split(",").flatMap((part) => expand(`${braces[1]}${part.trim()}${braces[3]}`));
}

export const map = {
  name: "map",
  run: async ({ root }) => {
    if (!existsSync(join(root, "ARCHITECTURE.md"))) return { ok: false, output: "There is no ARCHITECTURE.md." };
    const problems = mapProblems(read(root, "ARCHITECTURE.md"), (path) => existsSync(join(root, path)), layerFolders(root));
    return { ok: problems.length === 0, output: problems.join("\n") };
  },
};

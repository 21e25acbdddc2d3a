import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import { read, withoutComments } from "./sources.mjs";

/**
 * The names that a source exports, sorted; types are marked, and what is re-exported whole is named with its source.
 *
 * @param {string} text
 * @returns {string[]}
 */
export function exportedNames(text) {
  const code = withoutComments(text);
  const names = [];
  for (const [, type, list] of code.matchAll(/^export\s+(type\s+)?\{([^}]*)\}/gm)) {
    for (const part of (list ?? "")
      .split(",")
      .map((item) => item.trim())
      .filter(Boolean)) {
      const isType = type !== undefined || part.startsWith("type ");
      names.push(
        `${isType ? "type " : ""}${part
          .replace(/^type /, "")
          .split(/\s+as\s+/)
          .pop()}`,
      );
    }
  }
  for (const [, all, source] of code.matchAll(/^export\s+\*(\s+as\s+\w+)?\s+from\s+["']([^"']+)["']/gm))
    names.push(`*${all ?? ""} from ${source}`);
  for (const [, kind, name] of code.matchAll(
    /^export\s+(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(const|let|function\*?|class|interface|type|enum)\s+([\w$]+)/gm,
  )) {
    names.push(kind === "interface" || kind === "type" ? `type ${name}` : (name ?? ""));
  }
  if (/^export\s+default\b/m.test(code)) names.push("default");
  return [...new Set(names)].sort((a, b) => a.replace(/^type /, "").localeCompare(b.replace(/^type /, "")));
}

/** Packages with something to import: name and folder. */
function publicPackages(/** @type {string} */ root) {
  const folders = readdirSync(join(root, "packages")).flatMap((name) =>
    name === "compat" ? readdirSync(join(root, "packages", name)).map((inner) => `packages/compat/${inner}`) : [`packages/${name}`],
  );
  return folders.filter((folder) => existsSync(join(root, folder, "package.json"))).sort();
}

/**
 * The snapshot of a package: one section per entry.
 *
 * @param {string} root
 * @param {string} folder
 */
export function surfaceOf(root, folder) {
  const { exports = {} } = JSON.parse(read(root, posix.join(folder, "package.json")));
  const sections = [];
  for (const [entry, targets] of Object.entries(exports)) {
    const file = typeof targets === "string" ? targets : targets.types;
    if (!file?.endsWith(".d.ts")) continue;
    const source = posix.join(folder, file.replace("/dist/", "/src/").replace(/\.d\.ts$/, ".ts"));
    if (source.includes("*")) sections.push(`# ${entry}\n${source}\n`);
    else if (existsSync(join(root, source))) sections.push(`# ${entry}\n${exportedNames(read(root, source)).join("\n")}\n`);
    else sections.push(`# ${entry}\n(no source at ${source})\n`);
  }
  return sections.join("\n");
}

export const surface = {
  name: "public surface",
  run: async ({ root, update }) => {
    const problems = [];
    mkdirSync(join(root, "api"), { recursive: true });
    for (const folder of publicPackages(root)) {
      const snapshot = posix.join("api", `${folder.replace(/^packages\//, "").replace("/", "-")}.txt`);
      const now = surfaceOf(root, folder);
      const before = existsSync(join(root, snapshot)) ? read(root, snapshot) : "";
      if (now === before) continue;
      if (update) writeFileSync(join(root, snapshot), now);
      else problems.push(`${snapshot} differs:\n${difference(before, now)}`);
    }
    if (problems.length > 0) problems.push("If the change is meant: npm run check -- --update");
    return { ok: problems.length === 0, output: problems.join("\n") };
  },
};

function difference(/** @type {string} */ before, /** @type {string} */ now) {
  const [old, fresh] = [before.split("\n"), now.split("\n")];
  return [
    ...old.filter((line) => !fresh.includes(line)).map((line) => `  - ${line}`),
    ...fresh.filter((line) => !old.includes(line)).map((line) => `  + ${line}`),
  ].join("\n");
}

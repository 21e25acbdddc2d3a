import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The files of the repository that are, or are about to be, committed.
 *
 * @param {string} root
 * @returns {string[]} Paths from the root.
 */
export function repositoryFiles(root) {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  return [...new Set(listed.split("\0"))].filter((file) => file !== "" && existsSync(join(root, file))).sort();
}

/** Whether a file is TypeScript that belongs to a package and is no test. */
export function isPackageSource(/** @type {string} */ file) {
  return /^packages\/.*\/src\/.*\.tsx?$/.test(file) && !/\.(test|test-d|d)\.ts$/.test(file);
}

/**
 * A source without its comments, so that what they quote is not taken for code. Lines stay where they are.
 *
 * @param {string} text
 */
export function withoutComments(text) {
  const token = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  return text.replace(token, (found) => (found.startsWith("//") || found.startsWith("/*") ? found.replace(/[^\n]/g, " ") : found));
}

/**
 * What a file imports: `import … from`, `export … from`, `import()`, `require()`.
 *
 * @param {string} text
 * @returns {{ request: string; typeOnly: boolean }[]}
 */
export function importsOf(text) {
  const code = withoutComments(text);
  const found = [];
  for (const match of code.matchAll(/^[ \t]*(?:import|export)\s+(type\s+)?(?:[^"'`;]*?\sfrom\s+)?["']([^"']+)["']/gm)) {
    found.push({ request: match[2] ?? "", typeOnly: match[1] !== undefined });
  }
  for (const match of code.matchAll(/\b(typeof\s+)?(?:import|require)\(\s*["']([^"']+)["']\s*\)/g)) {
    found.push({ request: match[2] ?? "", typeOnly: match[1] !== undefined });
  }
  return found;
}

/** A file of the repository as text. */
export function read(/** @type {string} */ root, /** @type {string} */ file) {
  return readFileSync(join(root, file), "utf8");
}

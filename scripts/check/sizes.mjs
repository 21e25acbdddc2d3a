import { isPackageSource, read, repositoryFiles } from "./sources.mjs";

const limit = 500;

/**
 * Files longer than they may be, and exceptions that are none any more.
 *
 * @param {{ file: string; lines: number }[]} files
 * @param {Record<string, string>} exceptions Reasons, by file.
 * @returns {string[]}
 */
export function sizeProblems(files, exceptions) {
  const problems = [];
  const long = new Set(files.filter(({ lines }) => lines > limit).map(({ file }) => file));
  for (const { file, lines } of files) {
    if (lines > limit && !exceptions[file])
      problems.push(`${file} has ${lines} lines; ${limit} are the limit. Split it, or give a reason in scripts/check/sizes.json.`);
  }
  for (const file of Object.keys(exceptions)) if (!long.has(file)) problems.push(`${file} needs no exception in scripts/check/sizes.json.`);
  return problems;
}

export const sizes = {
  name: "file sizes",
  run: async ({ root }) => {
    const code = repositoryFiles(root).filter(
      (file) => isPackageSource(file) || /^(packages|tests|scripts|examples)\/.*\.(ts|mjs|js)$/.test(file),
    );
    const files = code.map((file) => ({ file, lines: read(root, file).split("\n").length - 1 }));
    const problems = sizeProblems(files, JSON.parse(read(root, "scripts/check/sizes.json")));
    return { ok: problems.length === 0, output: problems.join("\n") };
  },
};

import { undocumentedExports } from "./doc-comments.mjs";
import { isPackageSource, read, repositoryFiles, withoutComments } from "./sources.mjs";

const anyPerThousandLines = 1;

/**
 * What the code of a package should not contain.
 *
 * @param {string} file
 * @param {string} text
 * @returns {string[]}
 */
export function habitProblems(file, text) {
  const problems = [];
  const code = withoutComments(text);
  if (!/(^|\/)(errors\.ts$|testing\/)/.test(file)) {
    for (const match of code.matchAll(/\bthrow new (Error|TypeError|RangeError)\(/g)) {
      problems.push(`${file}:${lineAt(code, match.index)} throws a bare ${match[1]}; make it in errors.ts.`);
    }
  }
  if (!file.startsWith("packages/compat/") && /^export \*/m.test(code)) problems.push(`${file} has "export *"; name what it exports.`);
  const vague = /(?:^|\/)(utils?|helpers?|common|misc)(?:\/|\.tsx?$)/.exec(file.replace(/^packages\/compat\/.*/, ""));
  if (vague) problems.push(`${file}: "${vague[1]}" says nothing; name it after what is inside.`);
  for (const match of text.matchAll(/\b(TODO|FIXME|XXX)\b/g)) problems.push(`${file}:${lineAt(text, match.index)} has a ${match[1]}.`);
  // A facade only has other names for what is described where it is.
  if (!file.startsWith("packages/compat/")) {
    for (const { name, line } of undocumentedExports(file, text)) problems.push(`${file}:${line} exports ${name} without a doc comment.`);
  }
  return problems;
}

function lineAt(/** @type {string} */ text, /** @type {number} */ index) {
  return text.slice(0, index).split("\n").length;
}

/** Uses of the type `any`. */
export function countAny(/** @type {string} */ text) {
  return [...withoutComments(text).matchAll(/(?:[:<,|&(]|\bas|=>)\s*any\b/g)].length;
}

export const habits = {
  name: "habits",
  run: async ({ root }) => {
    const problems = [];
    let lines = 0;
    let anys = 0;
    for (const file of repositoryFiles(root).filter(isPackageSource)) {
      const text = read(root, file);
      problems.push(...habitProblems(file, text));
      if (file.startsWith("packages/compat/")) continue;
      lines += text.split("\n").length;
      anys += countAny(text);
    }
    const allowed = Math.ceil((lines / 1000) * anyPerThousandLines);
    if (anys > allowed) problems.push(`"any" stands ${anys} times in ${lines} lines; ${allowed} are allowed.`);
    return { ok: problems.length === 0, output: problems.join("\n") };
  },
};

const declaration =
  /^export (?:default )?(?:(?:declare )?(?:abstract )?(?:class|interface|type|enum)|(?:async )?function\*?|const(?= \w+(?:: [^=]+)? = (?:async )?[(<])) (\w+)/;
const optionType = /^export (?:interface|type) (\w+(?:Options|Config|Settings))\b/;
const member = /^(?: {2}){1,3}(?:readonly )?([\w$]+)\??(?::|\(|<[^>]*>\()/;

/**
 * What is exported and says nothing of itself: types, functions and the members of option types (`…Options`, `…Config`,
 * `…Settings`).
 *
 * No comment is asked of what is named by something else that is written: tests, migrations that were generated, handlers of
 * routes (method and path), and types that are inferred whole from one value (`interface A extends InferA<typeof a> {}`).
 * Nor of a part that something cannot do without and that it imports the type of (`store: EventStore`): what that is stands
 * with the type.
 *
 * @param {string} file
 * @param {string} text
 * @returns {{ name: string; line: number }[]}
 */
export function undocumentedExports(file, text) {
  if (/\.test(-d)?\.ts$|\/migrations\/Migration\d+\.ts$/.test(file)) return [];
  const found = [];
  const lines = text.split("\n");
  /** @type {string | undefined} */
  let options;
  let previous = "";
  for (const [index, line] of lines.entries()) {
    const name = declaration.exec(line)?.[1];
    // Of the signatures of one function the first has the comment.
    if (name && name !== previous && !isNamedElsewhere(file, line, name) && !hasComment(lines, index))
      found.push({ name, line: index + 1 });
    if (name) previous = name;
    if (/^[^\s>]/.test(line)) options = optionType.exec(line)?.[1];
    const property = options && member.exec(line)?.[1];
    if (property && !isPart(line, text) && !hasComment(lines, index)) found.push({ name: `${options}.${property}`, line: index + 1 });
  }
  return found;
}

function isNamedElsewhere(/** @type {string} */ file, /** @type {string} */ line, /** @type {string} */ name) {
  const isHandler = /\/api\/.*\/route\.ts$/.test(file) && /^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)$/.test(name);
  return isHandler || /^export (interface \w+ extends|type \w+ =) (\w+\.)?\w+<typeof \w+>( \{\}|;)$/.test(line);
}

function isPart(/** @type {string} */ line, /** @type {string} */ text) {
  const type = /^ {2}(?:readonly )?\w+: ([A-Z]\w*);$/.exec(line)?.[1];
  return type !== undefined && new RegExp(`^import type \\{[^}]*\\b${type}\\b[^}]*\\}`, "m").test(text);
}

function hasComment(/** @type {string[]} */ lines, /** @type {number} */ index) {
  // Decorators and comments for the linter may stand between the two.
  const above = lines.slice(0, index).findLast((one) => !/^\s*(\/\/|@)/.test(one)) ?? "";
  return above.trimEnd().endsWith("*/");
}

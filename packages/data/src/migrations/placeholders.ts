/** What is not code in SQL: quoted texts and names, dollar-quoted texts, comments. */
const notCode = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$[\s\S]*?\$\1\$|--[^\n]*|\/\*[\s\S]*?\*\//g;

/**
 * Replaces `?` by `$1`, `$2` … in order, leaving quoted texts and comments alone. Statements without parameters,
 * or with `$n` already, must not be passed: there `?` is an operator of jsonb.
 */
export function numberPlaceholders(sql: string): string {
  let count = 0;
  let end = 0;
  let result = "";
  const code = (text: string) => text.replace(/\?/g, () => `$${++count}`);
  for (const match of sql.matchAll(notCode)) {
    result += code(sql.slice(end, match.index)) + match[0];
    end = match.index + match[0].length;
  }
  return result + code(sql.slice(end));
}

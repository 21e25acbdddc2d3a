import type { SqlExecutor, SqlManager } from "@velella/kernel";
import { dataErrors } from "../errors";

const managers = new WeakMap<SqlExecutor, SqlManager>();

/**
 * The manager that gives user code raw SQL on an executor: a connection, or an open transaction.
 *
 * @example
 * const rows = await managerFor(transaction).execute("select * from artist where rank > ? and status in (?)", [3, ["live", "draft"]]);
 */
export function managerFor(executor: SqlExecutor): SqlManager {
  let manager = managers.get(executor);
  if (!manager) {
    manager = {
      executor,
      async execute<Row = Record<string, unknown>>(text: string, params: readonly unknown[] = []): Promise<Row[]> {
        const statement = numbered(text, params);
        return (await executor.query<Row>(statement.text, statement.params)).rows;
      },
    };
    managers.set(executor, manager);
  }
  return manager;
}

/**
 * Replaces `?` by `$1, $2 …`, outside of quotes, comments and dollar quotes. A list in `in (?)` becomes several.
 * `\?` stands for a question mark, such as that of a jsonb operator. In text with `$1` in it, or without parameters, a `?`
 * is a question mark as well.
 */
function numbered(text: string, params: readonly unknown[]): { text: string; params: readonly unknown[] } {
  const isNumbered = params.length === 0 || [...text.matchAll(tokens)].some(([token]) => /^\$\d/.test(token));
  if (isNumbered) return { text: text.replace(tokens, (token: string) => (token === "\\?" ? "?" : token)), params };
  const values: unknown[] = [];
  let used = 0;
  const written = text.replace(tokens, (token: string, ...found: unknown[]) => {
    if (token === "\\?") return "?";
    if (token !== "?") return token;
    const value = params[used++];
    const before = text.slice(
      0,
      found.find((item) => typeof item === "number"),
    );
    const list = Array.isArray(value) && /\bin\s*\(\s*$/i.test(before) ? value : [value];
    // An empty list would be a syntax error, and no value is in it.
    return list.length === 0 ? "null" : list.map((item) => `$${values.push(item)}`).join(", ");
  });
  if (used !== params.length) throw dataErrors.notExecutable(used, params.length);
  return { text: written, params: values };
}

// Strings (those with backslashes too), quoted names, dollar quotes and comments come as one piece each, and so do placeholders.
const tokens =
  /((?<![\w$])[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\2\$|--[^\n]*|\/\*[\s\S]*?\*\/|\\\?|\?|\$\d+)/g;

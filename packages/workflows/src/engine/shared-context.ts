import type { SharedContext, SqlManager, SqlTransaction } from "@velella/kernel";

/** The context of a transactional step where the engine was given no other: its transaction, and a plain manager on it. */
export function sharedContextOf(transaction: SqlTransaction): SharedContext {
  const manager: SqlManager = {
    executor: transaction,
    execute: async <Row>(text: string, params: readonly unknown[] = []) => (await transaction.query<Row>(numbered(text), params)).rows,
  };
  return { transactionManager: manager, manager };
}

/** `?` as `$1, $2 …`, outside of quotes; a statement that has `$n` is left as it is. */
function numbered(text: string): string {
  if (/\$\d/.test(text)) return text;
  let n = 0;
  return text.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|\?/g, (part) => (part === "?" ? `$${++n}` : part));
}

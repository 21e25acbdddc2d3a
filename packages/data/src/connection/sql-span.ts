import { isInsideSpan, withSpan } from "@velella/kernel";

/** A span around a statement, where it is sent from inside of a span; statements that nobody asked for make none. */
export function sqlSpan<T>(text: string, run: () => Promise<T>): Promise<T> {
  if (!isInsideSpan()) return run();
  const operation = /^[\s(]*([a-z]+)/i.exec(text)?.[1]?.toUpperCase() ?? "SQL";
  const attributes = { "db.system.name": "postgresql", "db.operation.name": operation, "db.query.text": text };
  return withSpan(`SQL ${operation}`, attributes, run, { kind: "client" });
}

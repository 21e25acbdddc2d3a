/** Of a record only the fields asked for, `id` always; `rel.*` and `rel.field` give the whole of `rel`. */
export function pickFields(record: object, fields: readonly string[]): Record<string, unknown> {
  const names = new Set(fields.map((field) => field.split(".", 1)[0]!));
  return Object.fromEntries(Object.entries(record).filter(([name]) => name === "id" || names.has(name) || names.has("*")));
}

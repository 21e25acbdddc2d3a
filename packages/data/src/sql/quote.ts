const known = new Map<string, string>();

/** A name as an SQL identifier. Names come from models, so there are few of them. */
export function quote(name: string): string {
  let quoted = known.get(name);
  if (!quoted) {
    quoted = `"${name.replaceAll('"', '""')}"`;
    known.set(name, quoted);
  }
  return quoted;
}

/** A text as an SQL literal. Only for names and constants of models; values of callers are parameters. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

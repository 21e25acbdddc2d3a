/** The longest identifier that PostgreSQL keeps. It cuts what is longer, and so do we: both then know the same name. */
const longestIdentifier = 63;

/** A name for a table, as PostgreSQL takes it. */
export function identifier(name: string): string {
  return name.slice(0, longestIdentifier);
}

/** A name for an index, kept unique by a hash where it would have to be cut. */
export function indexName(table: string, column: string): string {
  const name = `IDX_${table}_${column}`;
  if (name.length <= longestIdentifier) return name;
  let hash = 0;
  for (const char of name) hash = (Math.imul(hash, 31) + char.charCodeAt(0)) | 0;
  return `${name.slice(0, longestIdentifier - 9)}_${(hash >>> 0).toString(16).padStart(8, "0")}`;
}

/** Quotes an identifier for SQL. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

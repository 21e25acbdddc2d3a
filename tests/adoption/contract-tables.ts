import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "pg";

/** What is known of the tables of the reference; it lies beside the repository, and a clone alone does not have it. */
export const contractFile = join(__dirname, "..", "..", "..", "shared", "contract", "models.md");
export const hasContract = existsSync(contractFile);

/** The tables of the modules named, as the contract lists them: a line for each column, key, check and index. */
export function contractTables(modules: ReadonlySet<string>): string[] {
  const lines: string[] = [];
  let isWanted = false;
  let table: string | undefined;
  let hasOwnKey = false;
  const add = (part: string, text: string, separator: RegExp) => {
    for (const item of text.split(separator)) lines.push(`${table}: ${part} ${plain(item)}`);
  };
  const finish = () => {
    if (table !== undefined && !hasOwnKey) lines.push(`${table}: key (id)`);
    [table, hasOwnKey] = [undefined, false];
  };
  for (const line of readFileSync(contractFile, "utf8").split("\n")) {
    const [, module] = /^## ([\w-]+) {2}\(service/.exec(line) ?? [];
    if (module !== undefined) isWanted = modules.has(module);
    const [, name, columns] = /^- `(\w+)`: (.*)$/.exec(line) ?? [];
    if (line.startsWith("#") || name !== undefined) finish();
    if (isWanted && name !== undefined && columns !== undefined) {
      table = name;
      add("column", columns.replace(" [no deleted_at]", ""), /, (?=\w+ )/);
      // Keys of other names are told by their columns alone.
      hasOwnKey = !/^id |, id /.test(columns);
    }
    const [, part, text = ""] = /^ {2}(pk|fk|check|idx) (.*)$/.exec(line) ?? [];
    if (table === undefined || part === undefined) continue;
    if (part === "pk") hasOwnKey = true;
    const [word, separator] = { pk: ["key", /$^/], fk: ["foreign key", /; /], check: ["check", /; /], idx: ["index", /; (?=[\w"])/] }[
      part
    ] as [string, RegExp];
    add(word, text, separator);
  }
  finish();
  return lines.sort();
}

/** The tables that are in a database, in the same form. */
export async function tablesOf(client: Client): Promise<string[]> {
  const lines: string[] = [];
  const rows = async <Row extends object>(text: string) => (await client.query<Row>(text)).rows;
  const columns = await rows<{ table: string; name: string; type: string; nullable: boolean; standard: string | null }>(
    `select c.relname as "table", a.attname as name, format_type(a.atttypid, a.atttypmod) as type, not a.attnotnull as nullable,
       pg_get_expr(d.adbin, d.adrelid) as standard
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attname not in ('created_at', 'updated_at', 'deleted_at')`,
  );
  for (const { table, name, type, nullable, standard } of columns) {
    const short = type.replace("timestamp with time zone", "timestamptz");
    lines.push(`${table}: column ${plain(`${name} ${short}${nullable ? "?" : ""}${standard === null ? "" : `=${standard}`}`)}`);
  }
  const constraints = await rows<{ table: string; kind: string; definition: string }>(
    `select c.relname as "table", k.contype as kind, pg_get_constraintdef(k.oid) as definition
     from pg_constraint k join pg_class c on c.oid = k.conrelid where k.connamespace = 'public'::regnamespace`,
  );
  for (const { table, kind, definition } of constraints) {
    if (kind === "p") lines.push(`${table}: key ${plain(definition.replace("PRIMARY KEY ", ""))}`);
    if (kind === "c") lines.push(`${table}: check ${plain(definition)}`);
    if (kind !== "f") continue;
    const [, own, other, key, rest = ""] = /^FOREIGN KEY (\(.*?\)) REFERENCES ([\w"]+)\((.*?)\)(.*)$/.exec(definition) ?? [];
    const [, rule] = /ON DELETE ([A-Z]+(?: NULL)?)/.exec(rest) ?? [];
    lines.push(`${table}: foreign key ${plain(`${own} →${other}(${key})${rule ? ` del ${rule}` : ""}`)}`);
  }
  const indexes = await rows<{ table: string; name: string; definition: string }>(
    `select tablename as "table", indexname as name, indexdef as definition from pg_indexes where schemaname = 'public' and indexname not like '%\\_pkey'`,
  );
  for (const { table, name, definition } of indexes) {
    const [, unique, method, on, where] = /^CREATE (UNIQUE )?INDEX .*? USING (\w+) (\(.*?\))(?: WHERE (.*))?$/.exec(definition) ?? [];
    const how = method === "btree" ? "" : `${method} `;
    lines.push(`${table}: index ${plain(`${name} ${unique ?? ""}${how}${on}${where === undefined ? "" : ` WHERE ${where}`}`)}`);
  }
  return lines.sort();
}

const withoutQuotes = (text: string) => text.replaceAll('"', "");
const withoutCasts = (text: string) => text.replaceAll(/::[a-z ]+(\[\])?/g, "");

/** Without casts and quotes, and with what "and" joins in one order. */
function plain(text: string): string {
  // The contract has lost a cast to text[] but for its brackets.
  const [head = "", where] = withoutQuotes(withoutCasts(text)).replace("'{}'[]", "'{}'").split(" WHERE ");
  if (where === undefined) return head;
  const terms = where.replace(/^\(\((.*)\)\)$/, "($1)").split(" AND ");
  return `${head} WHERE ${terms
    .map((term) => term.replace(/^\((.*)\)$/, "$1"))
    .sort()
    .join(" and ")}`;
}

/** What two sets of tables do not agree on, a line each: `-` is in the first only, `+` in the second. */
export function differences(wanted: readonly string[], there: readonly string[]): string[] {
  const lines = [
    ...wanted.filter((line) => !there.includes(line)).map((line) => `- ${line}`),
    ...there.filter((line) => !wanted.includes(line)).map((line) => `+ ${line}`),
  ];
  return lines.sort((a, b) => (a.slice(2) < b.slice(2) ? -1 : 1));
}

import { toSnakeCase } from "@velella/data";
import { linkErrors } from "./errors";
import type { LinkId, LinkKeyType, LinkSide, LinkSpec, TableLinkSpec } from "./link-spec";

/**
 * Two records to be linked, in the order of `defineLink`, and values for the link's extra columns.
 *
 * @example { product: { product_id: "prod_1" }, review: { review_id: "rev_1" }, data: { note: "good" } }
 */
export type LinkDefinition = Record<string, Record<string, unknown>>;

/** A key of a record of a module. */
export interface RecordKey {
  readonly module: string;
  readonly key: string;
  readonly value: unknown;
}

/** A definition for which the link was found. */
export interface LinkPair {
  readonly link: TableLinkSpec;
  readonly left: unknown;
  readonly right: unknown;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Finds links by the keys that calls name. */
export class LinkIndex {
  private readonly byKeys = new Map<string, TableLinkSpec>();
  private readonly models = new Map<string, LinkSide>();
  readonly links: readonly TableLinkSpec[];

  constructor(links: readonly LinkSpec[]) {
    this.links = links.filter((link): link is TableLinkSpec => link.kind === "table");
    for (const link of this.links) {
      const [left, right] = link.sides;
      this.byKeys.set(address(left, right), link);
      for (const side of link.sides) {
        // Deletions name the key that the model has by itself, whatever a link calls it.
        this.models.set(`${side.module}.${toSnakeCase(side.model)}_${side.primaryKey}`, side);
        this.models.set(`${side.module}.${side.key}`, side);
      }
    }
  }

  /**
   * The link that a definition speaks of.
   *
   * @throws `link.wrong_shape`, `link.unknown_link`.
   */
  pair(definition: LinkDefinition, method: string): LinkPair {
    const [left, right, ...more] = recordKeys(definition, method);
    if (!left || !right || more.length) throw linkErrors.wrongShape(method, JSON.stringify(definition));
    const link = this.byKeys.get(address(left, right));
    if (!link) {
      const keys = `${left.key} and ${right.key}`;
      throw linkErrors.unknownLink(left.module, right.module, keys, method, this.orderHint(left, right));
    }
    return { link, left: left.value, right: right.value, data: definition.data ?? {} };
  }

  /** The links of a record, with the side that it is on. A key may be any by which one of its links knows the model. */
  of({ module, key }: RecordKey): { link: TableLinkSpec; side: LinkSide; other: LinkSide }[] {
    const named = this.models.get(`${module}.${key}`);
    if (!named) return [];
    return this.links.flatMap((link) => {
      const [left, right] = link.sides;
      const found = [];
      if (isSameRecord(left, named)) found.push({ link, side: left, other: right });
      if (isSameRecord(right, named)) found.push({ link, side: right, other: left });
      return found;
    });
  }

  /** What a key holds, where a link knows it. */
  keyType({ module, key }: RecordKey): LinkKeyType | undefined {
    return this.models.get(`${module}.${key}`)?.keyType;
  }

  private orderHint(left: RecordKey, right: RecordKey): string {
    if (this.byKeys.has(address(right, left)))
      return `The link is defined the other way round: put "${right.module}" before "${left.module}".`;
    const known = this.links.map(({ sides: [a, b] }) => `${a.module}.${a.key} and ${b.module}.${b.key}`);
    return known.length ? `Defined links: ${known.join("; ")}.` : "No link is defined.";
  }
}

/** The record keys in an argument of the link service, in their order. */
export function recordKeys(definition: LinkDefinition, method: string): RecordKey[] {
  if (typeof definition !== "object" || definition === null)
    throw linkErrors.wrongShape(method, JSON.stringify(definition) ?? String(definition));
  const keys: RecordKey[] = [];
  for (const [module, record] of Object.entries(definition)) {
    if (module === "data") continue;
    if (typeof record !== "object" || record === null) throw linkErrors.wrongShape(method, JSON.stringify(definition));
    for (const [key, value] of Object.entries(record)) keys.push({ module, key, value });
  }
  return keys;
}

/**
 * A key's value as ids.
 *
 * @param type What the key holds; undefined for one that no link knows, of which texts and numbers will do.
 * @throws `link.id_missing` for anything but non-empty strings, or whole numbers where the key holds these;
 *   `link.bad_text` for those that PostgreSQL cannot hold.
 */
export function idsOf({ key, value }: Pick<RecordKey, "key" | "value">, method: string, type: LinkKeyType | undefined): LinkId[] {
  const ids: unknown[] = Array.isArray(value) ? value : [value];
  return ids.map((id) => {
    const isNumber = type === "integer" || (type === undefined && typeof id === "number");
    return isNumber ? numberOf(id, key, method) : textOf(id, key, method);
  });
}

function textOf(id: unknown, key: string, method: string): string {
  if (typeof id !== "string" || id === "") throw linkErrors.idMissing(method, key, "a non-empty string", described(id));
  if (id.includes("\0") || !(id as string & { isWellFormed(): boolean }).isWellFormed()) throw linkErrors.badText(method, key);
  return id;
}

/** Whole numbers as PostgreSQL has them, also written out, as they come in addresses of pages. */
function numberOf(id: unknown, key: string, method: string): number {
  const number = typeof id === "string" && /^-?\d{1,10}$/.test(id) ? Number(id) : id;
  if (typeof number !== "number" || !Number.isInteger(number) || number < -2_147_483_648 || number > 2_147_483_647)
    throw linkErrors.idMissing(method, key, "a whole number of 4 bytes", described(id));
  return number;
}

const described = (id: unknown) => (id === "" ? "empty" : (JSON.stringify(id) ?? String(id)));

type Addressed = { readonly module: string; readonly key: string };
const address = (left: Addressed, right: Addressed) => `${left.module}.${left.key}>${right.module}.${right.key}`;

const isSameRecord = (a: LinkSide, b: LinkSide) => a.module === b.module && a.model === b.model && a.primaryKey === b.primaryKey;

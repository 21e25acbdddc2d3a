import { loadingScope } from "@velella/kernel";
import type { LinkableData, LinkableEntry } from "../modules/linkable";
import { requireConsistent } from "./check-options";
import { linkErrors } from "./errors";
import { linkRegistryKind } from "./link-registry";
import type { TableLinkSpec } from "./link-spec";

/** A model without a table: its module's `list` method is its source. */
export interface VirtualLinkable {
  readonly serviceName: string;
  /** Name under which the other side reads it. */
  readonly alias: string;
  /** The property of its rows that holds the other side's key, and the filter that `list` gets. */
  readonly primaryKey: string;
}

/** One side of a link with options. */
export interface LinkSideOptions {
  /** Which model: `SomeModule.linkable.someModel`, or one of its columns. */
  linkable: LinkableEntry | LinkableData | VirtualLinkable;
  /** Whether a record of the other side may be linked with several of these. Default: false. */
  isList?: boolean;
  /**
   * Delete these together with the record of the other side that they are linked with, once no other record holds them
   * any more; restoring that record restores them. Default: false. See {@link defineLink} for when.
   */
  deleteCascade?: boolean;
  /** Properties by which indexes may filter. In a query every property can be filtered by. */
  filterable?: readonly string[];
  /** Read-only links: the property that holds the other side's key. That side then reads the other one. */
  field?: string;
  /** The column that the link refers to, instead of the model's primary key. */
  primaryKey?: string;
  /** Name of the record on the link's rows and on the other side, instead of the model's snake_case name. */
  alias?: string;
  /** Column of the link table, instead of `<model>_<primary key>`. */
  key?: string;
  /** Name under which the other side reads this one, in place of `alias` (or its plural for a list); `null` hides it. */
  as?: string | null;
  /** Whether that name gives an array; by default what `isList` says. */
  many?: boolean;
  /** Name under which the other side reads the rows of the link, in place of `<alias>_link`. */
  linkAs?: string;
  /** Whether that name gives an array; by default what `isList` says. */
  linkMany?: boolean;
  /** Further names on the other side: `{ prices: { path: "prices", many: true } }` reads this record's prices. */
  forwards?: Readonly<Record<string, { path: string; many?: boolean }>>;
}

/** A side of a link: a linkable, one with another primary key or with options spread into it, or one with options beside it. */
export type LinkInput = LinkableEntry | (LinkableData & Pick<LinkSideOptions, SpreadOption>) | LinkSideOptions;

type SpreadOption = (typeof spreadOptions)[number];

/** Options that may stand in a linkable itself: `{ ...ReviewModule.linkable.review.id, primaryKey: "product_id", isList: true }`. */
const spreadOptions = ["alias", "isList", "deleteCascade", "filterable"] as const;

/** A column of a link table beside the two keys. */
export interface ExtraColumn {
  /** `text`, `string`, `integer`, `bigint`, `decimal`, `float`, `double`, `boolean`, `datetime`, `date`, `json`, `array`, `uuid` … */
  type: string;
  /** Default: false. */
  nullable?: boolean;
  /** What rows get that give no value. */
  defaultValue?: string | number | boolean | null;
}

/** Where a link is kept, and by which name it is asked for. */
export interface LinkOptions {
  /**
   * The link's table.
   *
   * @throws `link.contradiction` together with `readOnly`, which makes none
   */
  database?: {
    /** Name of the table, in place of `<module>_<model>_<module>_<model>`. */
    table?: string;
    /** What the ids of rows start with. Default: `link`. */
    idPrefix?: string;
    /** Columns beside the two keys, by name; `link.create` takes their values as `data`. */
    extraColumns?: Readonly<Record<string, ExtraColumn>>;
  };
  /** No table: the `field` of one side, usually the left one, holds the key of the other. */
  readOnly?: boolean;
  /** The column that the link refers to, by the key of a side's module; as `primaryKey` of that side. */
  pk?: Readonly<Record<string, string>>;
  /** Name in `query.graph`, in place of `<model>_<model>`. */
  entryPoint?: string;
  /** Leave the link out, instead of failing, while one of its modules is not loaded. For links that a library brings. */
  optional?: boolean;
}

/** What `defineLink` returns. The names are empty until the links are registered at boot. */
export interface LinkExport {
  readonly serviceName: string;
  readonly entity: string;
  readonly entryPoint: string;
}

/** A definition as it was written, before it is known which modules are loaded. */
export interface LinkDefinitionInput {
  readonly file: string;
  readonly left: LinkSideOptions;
  readonly right: LinkSideOptions;
  readonly options: LinkOptions;
  /** Called with the finished spec at boot. */
  readonly bind: (spec: TableLinkSpec) => void;
}

/**
 * Links the models of two modules. Each side then reads the other in `query.graph`: by its model's snake_case name,
 * in the plural when that side `isList`.
 *
 * **When records are deleted.** `link.delete` (which workflows call for what they delete, as `removeRemoteLinkStep`)
 * removes the rows of their links, whichever side they are on. The records at the other end stay, except those of a side
 * with `deleteCascade`: they exist for the sake of what they are linked with, as the prices of a variant or the reviews
 * of a product do, and follow it through their own service. That is what the option means wherever it is documented or
 * used, and the built-in links have it on the dependent side only. Since deleting somebody's records by surprise is the
 * worse error, a record that another one still holds stays until the last of them is deleted. `link.restore` takes all
 * of it back.
 *
 * A record that is deleted by its service alone leaves the rows behind, hidden: queries show a row only while both of its
 * records are there. `link.delete` removes it when it is called, and `link.create` where it stands in the way of a new one.
 *
 * @returns The names of the link for `query.graph({ entity: link.entryPoint })`; nothing for a read-only link.
 * @throws `link.not_linkable` for a side that is no linkable, `link.read_only_without_field`, `link.contradiction`.
 * @example
 * export default defineLink(
 *   { linkable: ProductModule.linkable.product, isList: true },
 *   BrandModule.linkable.brand,
 * )
 */
export function defineLink(left: LinkInput, right: LinkInput, options: LinkOptions & { readOnly: true }): undefined;
export function defineLink(left: LinkInput, right: LinkInput, options?: LinkOptions): LinkExport;
export function defineLink(left: LinkInput, right: LinkInput, options: LinkOptions = {}): LinkExport | undefined {
  const { registries, file } = loadingScope();
  const sides = { left: sideOf(left, "left", file), right: sideOf(right, "right", file) };
  let bound: TableLinkSpec | undefined;
  requireConsistent(file, sides.left, sides.right, options);
  if (options.readOnly && !sides.left.field && !sides.right.field) throw linkErrors.readOnlyWithoutField(file, nameOf(sides.left));
  const modules = [sides.left.linkable.serviceName, sides.right.linkable.serviceName];
  const stray = Object.keys(options.pk ?? {}).find((key) => !modules.includes(key));
  if (stray !== undefined) throw linkErrors.strayPrimaryKey(file, stray, modules);
  registries.get(linkRegistryKind).add({ file, ...sides, options, bind: (spec) => void (bound = spec) });
  if (options.readOnly) return undefined;
  return {
    get serviceName() {
      return bound?.serviceName ?? "";
    },
    get entity() {
      return bound?.entity ?? "";
    },
    get entryPoint() {
      return bound?.entryPoint ?? "";
    },
  };
}

/** Whether a linkable stands for a virtual model. */
export function isVirtual(linkable: LinkSideOptions["linkable"]): linkable is VirtualLinkable {
  return !("entity" in linkable);
}

function nameOf(side: LinkSideOptions): string {
  return isVirtual(side.linkable) ? side.linkable.alias : side.linkable.entity;
}

function sideOf(input: LinkInput, side: "left" | "right", file: string): LinkSideOptions {
  if (typeof input !== "object" || input === null) throw linkErrors.notLinkable(file, side, String(input));
  if (isLinkableData(input)) {
    const { serviceName, field, entity, linkable, primaryKey } = input;
    const options = Object.fromEntries(spreadOptions.map((name) => [name, (input as Pick<LinkSideOptions, SpreadOption>)[name]]));
    return { ...options, linkable: { serviceName, field, entity, linkable, primaryKey } };
  }
  const { linkable } = input;
  const valid = typeof linkable === "object" && linkable !== null && (isLinkableData(linkable) || isVirtualData(linkable));
  if (!valid)
    throw linkErrors.notLinkable(
      file,
      side,
      `an object whose "linkable" is ${linkable === undefined ? "undefined" : JSON.stringify(linkable)}`,
    );
  return input;
}

const isLinkableData = (value: object): value is LinkableData =>
  "serviceName" in value && "entity" in value && typeof (value as LinkableData).linkable === "string";

const isVirtualData = (value: object): value is VirtualLinkable => "serviceName" in value && "alias" in value && "primaryKey" in value;

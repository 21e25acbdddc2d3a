import type { Filters, OrderBy } from "@velella/data";
import { queryErrors } from "./errors";
import type { GraphConfig } from "./query";

/** What `remoteQuery` takes. */
export interface RemoteQueryConfig {
  /** As `entity` of `query.graph`. */
  entryPoint: string;
  /** As `fields` of `query.graph`. */
  fields: readonly string[];
  /** `filters`, `skip`, `take`, `order`, `withDeleted`; `{ "variants.calculated_price": { context } }`; any other name is a filter. */
  variables?: Readonly<Record<string, unknown>>;
}

/** The nested form: `{ product: { fields: ["id"], variants: { fields: ["sku"] }, __args: { filters: { id } } } }`. */
export interface RemoteQueryObject {
  readonly [entryPoint: string]: RemoteQueryNode;
}

/**
 * A level of the nested form: its fields, its arguments, and by other names the levels below.
 *
 * Only the first level may have `__args` with anything but a context for computed fields.
 *
 * @throws `query.nested_args` from the query
 */
export interface RemoteQueryNode {
  readonly fields?: readonly string[];
  readonly __args?: Readonly<Record<string, unknown>>;
  readonly [relation: string]: unknown;
}

/**
 * Either form of a question to `remoteQuery`; the flat one is known by its `entryPoint`.
 *
 * @throws `query.remote_query_shape` from the query, for anything else
 */
export type RemoteQueryInput = RemoteQueryConfig | RemoteQueryObject;

/**
 * The nested form of a query, for `remoteQuery`.
 *
 * @example
 * await remoteQuery(remoteQueryObjectFromString({ entryPoint: "product", fields: ["id", "variants.sku"], variables: { filters: { id } } }))
 */
export function remoteQueryObjectFromString({ entryPoint, fields, variables = {} }: RemoteQueryConfig): RemoteQueryObject {
  const root: MutableNode = {};
  for (const field of fields) {
    const path = field.split(".");
    let node = root;
    for (const name of path.slice(0, -1)) node = (node[name] ??= {}) as MutableNode;
    (node.fields ??= []).push(path.at(-1)!);
  }
  if (Object.keys(variables).length) root.__args = variables;
  return { [entryPoint]: root };
}

interface MutableNode {
  fields?: string[];
  __args?: Readonly<Record<string, unknown>>;
  [relation: string]: unknown;
}

/**
 * The config for `query.graph` that a call of `remoteQuery` stands for.
 *
 * @throws `query.remote_query_shape`, `query.nested_args`.
 */
export function configOf(input: RemoteQueryInput): GraphConfig {
  if (typeof input !== "object" || input === null) throw queryErrors.remoteQueryShape(String(input));
  if (isConfig(input)) return withVariables(input.entryPoint, input.fields, input.variables ?? {});
  const [entry, ...more] = Object.entries(input);
  if (!entry || more.length) throw queryErrors.remoteQueryShape(JSON.stringify(input));
  const [entryPoint, node] = entry;
  const paths: string[] = [];
  const variables: Record<string, unknown> = { ...node.__args };
  collect(node, "", paths, variables);
  return withVariables(entryPoint, paths, variables);
}

const isConfig = (input: RemoteQueryInput): input is RemoteQueryConfig => typeof (input as RemoteQueryConfig).entryPoint === "string";

function collect(node: RemoteQueryNode, prefix: string, paths: string[], variables: Record<string, unknown>): void {
  for (const field of node.fields ?? []) paths.push(prefix + field);
  for (const [name, below] of Object.entries(node)) {
    if (name === "fields" || name === "__args" || typeof below !== "object" || below === null) continue;
    const child = below as RemoteQueryNode;
    if (child.__args) {
      const stray = Object.keys(child.__args).filter((arg) => arg !== "context");
      if (stray.length) throw queryErrors.nestedArgs(prefix + name, stray.map((arg) => `"${arg}"`).join(", "));
      variables[prefix + name] = child.__args;
    }
    collect(child, `${prefix}${name}.`, paths, variables);
  }
}

const known = new Set(["filters", "skip", "take", "order", "withDeleted", "context"]);

function withVariables(entity: string, fields: readonly string[], variables: Readonly<Record<string, unknown>>): GraphConfig {
  const filters: Record<string, unknown> = { ...(variables.filters as Filters | undefined) };
  let context = variables.context as Record<string, unknown> | undefined;
  for (const [name, value] of Object.entries(variables)) {
    if (known.has(name)) continue;
    if (typeof value === "object" && value !== null && "context" in value) context = withValueAt(context, name.split("."), value.context);
    else filters[name] = value;
  }
  const { skip, take, order, withDeleted } = variables as { skip?: number; take?: number | null; order?: OrderBy; withDeleted?: boolean };
  return { entity, fields, filters, pagination: { skip, take, order }, context, withDeleted };
}

function withValueAt(target: Record<string, unknown> | undefined, path: readonly string[], value: unknown): Record<string, unknown> {
  const [name, ...rest] = path;
  const below = target?.[name!] as Record<string, unknown> | undefined;
  return { ...target, [name!]: rest.length ? withValueAt(below, rest, value) : value };
}

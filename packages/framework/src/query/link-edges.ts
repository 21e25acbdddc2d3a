import { pluralize, toPascalCase } from "@velella/data";
import type { Edge, HolderSpec } from "@velella/data";
import type { LinkSide, LinkSpec, ReadOnlyLinkSpec, TableLinkSpec } from "../links/link-spec";
import type { GraphEdge, GraphEntity, GraphModule, RecordEdge } from "./graph";

/** Key of the module that links belong to. */
export const linkModuleKey = "link_modules";

/** What edges are added to, and what could not be added. */
export interface LinkEdgesInput {
  /** By `module.Model`, and links by their table. */
  readonly entities: ReadonlyMap<string, GraphEntity>;
  readonly modules: ReadonlyMap<string, GraphModule>;
  readonly conflicts: string[];
}

/**
 * A link as an entity of the graph: its rows, with edges to both records. Rows are hidden whose record was deleted
 * without the link being told (by a call of its service, say): `link.delete` removes them, `link.create` clears them
 * out of its way.
 *
 * @param isHere Whether statements read the records of a side, and so can look whether they are there. Asked with the
 * first query, because services are constructed late.
 */
export function linkEntity(link: TableLinkSpec, isHere: (side: LinkSide) => boolean): GraphEntity {
  let holders: readonly HolderSpec[] | undefined;
  const findHolders = () => link.sides.filter(isHere).map(({ key, table, primaryKey }) => ({ column: key, table, key: primaryKey }));
  return {
    name: link.entity,
    module: linkModuleKey,
    spec: {
      ...link.model,
      get holders() {
        return (holders ??= findHolders());
      },
    },
    primaryKey: link.model.primaryKey,
    plural: pluralize(link.entity),
    source: "sql",
    service: () => ({}),
    edges: new Map<string, GraphEdge>(),
  };
}

/** Adds the edges of a link to both its models; returns the entity that a link to a virtual model brings. */
export function addLinkEdges(link: LinkSpec, input: LinkEdgesInput): GraphEntity | undefined {
  if (link.kind === "readOnly") return addReadOnlyEdge(link, input);
  const [left, right] = link.sides;
  addSide(link, left, right, input);
  addSide(link, right, left, input);
  return undefined;
}

/** What `here` reads of `there`: the rows of the link, the records, and names that lead further; and the link's way to `there`. */
function addSide(link: TableLinkSpec, here: LinkSide, there: LinkSide, input: LinkEdgesInput): void {
  const rows = input.entities.get(link.table)!;
  const from = input.entities.get(`${here.module}.${here.model}`)!;
  const to = input.entities.get(`${there.module}.${there.model}`)!;
  const add = (edge: GraphEdge) => addEdge(from, edge, link, input.conflicts);

  const record = { name: there.alias, origin: "readOnly", target: to, many: false, from: there.key, to: there.primaryKey } as const;
  rows.edges.set(there.alias, keyEdge(record));
  add(keyEdge({ name: there.linkField, origin: "linkRow", target: rows, many: there.linkMany, from: here.primaryKey, to: here.key }));
  const steps = [there.linkField, there.alias];
  let start: readonly string[] = steps;
  if (there.field !== undefined) {
    const isAdded = add({ ...pivotEdge(link, there.field, here, there, to), steps });
    // Straight to the record, where the link has a name for that.
    if (isAdded) start = [there.field];
  }
  for (const { name, path, many } of there.forwards) add({ kind: "forward", name, path: [...start, ...path], many });
}

function pivotEdge(link: TableLinkSpec, name: string, here: LinkSide, there: LinkSide, target: GraphEntity): RecordEdge {
  const edge: Edge = {
    name,
    many: there.many,
    target: target.spec!,
    join: {
      kind: "pivot",
      table: link.table,
      from: here.primaryKey,
      pivotFrom: here.key,
      pivotTo: there.key,
      to: there.primaryKey,
      softDeletes: true,
    },
    absent: "omit",
  };
  const { many } = there;
  return {
    kind: "record",
    name,
    origin: "link",
    target,
    many,
    edge,
    from: here.primaryKey,
    to: undefined,
    steps: undefined,
    showsKey: true,
  };
}

function addReadOnlyEdge(link: ReadOnlyLinkSpec, { entities, modules, conflicts }: LinkEdgesInput): GraphEntity | undefined {
  const from = entities.get(`${link.from.module}.${link.from.model}`)!;
  const virtual = link.to.model === undefined ? virtualEntity(link, modules.get(link.to.module)!) : undefined;
  const target = virtual ?? entities.get(`${link.to.module}.${link.to.model}`)!;
  const edge = { name: link.name, origin: "readOnly", target, many: link.many, from: link.from.field, to: link.to.primaryKey } as const;
  addEdge(from, keyEdge(edge), link, conflicts);
  return virtual;
}

function virtualEntity(link: ReadOnlyLinkSpec, module: GraphModule): GraphEntity {
  return {
    name: link.name,
    module: module.key,
    spec: undefined,
    primaryKey: [link.to.primaryKey],
    plural: pluralize(toPascalCase(link.name)),
    source: "service",
    service: module.service,
    edges: new Map<string, GraphEdge>(),
  };
}

function keyEdge(record: Omit<RecordEdge, "kind" | "edge" | "steps" | "to" | "showsKey"> & { to: string }): RecordEdge {
  const { name, target, from, to, many } = record;
  // A virtual target has no spec, and no statement ever goes to it.
  const edge = { name, many: many !== false, target: target.spec, join: { kind: "key", from, to }, absent: "omit" } as Edge;
  return { ...record, kind: "record", edge, steps: undefined, showsKey: true };
}

/** What a model has by itself is never hidden by a link, and neither is an earlier link; the conflict is told at boot. */
function addEdge(entity: GraphEntity, edge: GraphEdge, link: LinkSpec, conflicts: string[]): boolean {
  const present = entity.edges.get(edge.name);
  const isProperty = entity.spec?.propertyByName.has(edge.name) ?? false;
  if (!present && !isProperty) {
    entity.edges.set(edge.name, edge);
    return true;
  }
  const owner = isProperty
    ? "a property"
    : present?.kind === "record" && present.origin === "relation"
      ? "a relation"
      : "a field of another link";
  const name = `"${edge.name}" of "${entity.name}"`;
  conflicts.push(`${link.file || "A link"}: ${name} is ${owner} already, and stays so. Give the side of the link another "alias".`);
  return false;
}

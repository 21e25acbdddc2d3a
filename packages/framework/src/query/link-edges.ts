import { pluralize, toPascalCase } from "@velella/data";
import type { Edge } from "@velella/data";
import type { LinkSide, LinkSpec, ReadOnlyLinkSpec, TableLinkSpec } from "../links/link-spec";
import type { GraphEdge, GraphEntity, GraphModule, RecordEdge } from "./graph";

/** Key of the module that links belong to. */
export const linkModuleKey = "link_modules";

type Entities = ReadonlyMap<string, GraphEntity>;

/** A link as an entity of the graph: its rows, with edges to both records. */
export function linkEntity(link: TableLinkSpec): GraphEntity {
  return {
    name: link.entity,
    module: linkModuleKey,
    spec: link.model,
    primaryKey: link.model.primaryKey,
    plural: pluralize(link.entity),
    source: "sql",
    service: () => ({}),
    edges: new Map<string, GraphEdge>(),
  };
}

/** Adds the edges of a link to both its models; returns the entity that a link to a virtual model brings. */
export function addLinkEdges(link: LinkSpec, entities: Entities, modules: ReadonlyMap<string, GraphModule>): GraphEntity | undefined {
  if (link.kind === "readOnly") return addReadOnlyEdge(link, entities, modules);
  const [left, right] = link.sides;
  addSide(link, left, right, entities);
  addSide(link, right, left, entities);
  return undefined;
}

/** What `here` reads of `there`: the rows of the link, the records, and names that lead further; and the link's way to `there`. */
function addSide(link: TableLinkSpec, here: LinkSide, there: LinkSide, entities: Entities): void {
  const linkRows = entities.get(link.entryPoint)!;
  const from = entities.get(`${here.module}.${here.model}`)!;
  const to = entities.get(`${there.module}.${there.model}`)!;

  linkRows.edges.set(
    there.alias,
    keyEdge({ name: there.alias, origin: "readOnly", target: to, many: false, from: there.key, to: there.primaryKey, showsKey: true }),
  );
  set(
    from,
    keyEdge({
      name: there.linkField,
      origin: "linkRow",
      target: linkRows,
      many: there.linkMany,
      from: here.primaryKey,
      to: here.key,
      showsKey: true,
    }),
  );
  if (there.field === undefined) return addForwards(there, from);
  const edge: Edge = {
    name: there.field,
    many: there.many,
    target: to.spec!,
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
  set(from, {
    kind: "record",
    name: there.field,
    origin: "link",
    target: to,
    many: there.many,
    edge,
    from: here.primaryKey,
    to: undefined,
    steps: [there.linkField, there.alias],
    showsKey: true,
  });
  addForwards(there, from);
}

function addForwards(there: LinkSide, from: GraphEntity): void {
  const direct = there.field === undefined ? undefined : from.edges.get(there.field);
  // Straight to the record, where the link has a name for that.
  const start = direct?.kind === "record" && direct.origin === "link" ? [direct.name] : [there.linkField, there.alias];
  for (const { name, path, many } of there.forwards) set(from, { kind: "forward", name, path: [...start, ...path], many });
}

function addReadOnlyEdge(link: ReadOnlyLinkSpec, entities: Entities, modules: ReadonlyMap<string, GraphModule>): GraphEntity | undefined {
  const from = entities.get(`${link.from.module}.${link.from.model}`)!;
  const virtual = link.to.model === undefined ? virtualEntity(link, modules.get(link.to.module)!) : undefined;
  const target = virtual ?? entities.get(`${link.to.module}.${link.to.model}`)!;
  set(
    from,
    keyEdge({
      name: link.name,
      origin: "readOnly",
      target,
      many: link.many,
      from: link.from.field,
      to: link.to.primaryKey,
      showsKey: true,
    }),
  );
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

function keyEdge(record: Omit<RecordEdge, "kind" | "edge" | "steps" | "to"> & { to: string }): RecordEdge {
  const { name, target, from, to, many } = record;
  // A virtual target has no spec, and no statement ever goes to it.
  const edge = { name, many: many !== false, target: target.spec, join: { kind: "key", from, to }, absent: "omit" } as Edge;
  return { ...record, kind: "record", edge, steps: undefined };
}

/** A relation of the model itself is never hidden by a link, whatever the link's name. */
function set(entity: GraphEntity, edge: GraphEdge): void {
  const present = entity.edges.get(edge.name);
  if (present?.kind === "record" && present.origin === "relation") return;
  entity.edges.set(edge.name, edge);
}

import { defaultEdges, pluralize, toCamelCase, toPascalCase } from "@velella/data";
import type { Edge, EdgeResolver, ModelSpec } from "@velella/data";
import { suggestion } from "@velella/kernel";
import { queryErrors } from "./errors";
import type { Graph, GraphEdge, GraphEntity, GraphInput, GraphModule, RecordEdge } from "./graph";
import { addLinkEdges, linkEntity } from "./link-edges";
import { edgeName } from "./plan";
import { overridesList } from "./service-source";

/**
 * Builds the graph from the modules and links of an app.
 *
 * @throws `query.bad_join` when a join names a model or columns that are not there.
 */
export function buildGraph({ modules, links, connection }: GraphInput): Graph {
  const entities: GraphEntity[] = [];
  const bySpec = new Map<ModelSpec, GraphEntity>();
  const byModel = new Map<string, GraphEntity>();
  for (const module of modules) {
    for (const spec of module.models) {
      const entity = modelEntity(module, spec, connection);
      entities.push(entity);
      bySpec.set(spec, entity);
      byModel.set(`${module.key}.${spec.name}`, entity);
    }
  }
  for (const entity of bySpec.values()) addRelations(entity, bySpec);
  const conflicts: string[] = [];
  const moduleByKey = new Map(modules.map((module) => [module.key, module]));
  for (const link of links) {
    if (link.kind === "table") {
      const entity = linkEntity(link, (side) => byModel.get(`${side.module}.${side.model}`)?.source === "sql");
      entities.push(entity);
      bySpec.set(entity.spec!, entity);
      byModel.set(link.table, entity);
    }
    const virtual = addLinkEdges(link, { entities: byModel, modules: moduleByKey, conflicts });
    if (virtual) entities.push(virtual);
  }
  for (const module of modules) addJoins(module, byModel);
  const byAlias = aliases(modules, byModel);
  for (const link of links) {
    if (link.kind !== "table") continue;
    for (const alias of link.aliases) if (!byAlias.has(alias)) byAlias.set(alias, byModel.get(link.table)!);
  }
  for (const entity of entities) if (!entity.spec && !byAlias.has(entity.name)) byAlias.set(entity.name, entity);
  return Object.freeze({ connection, entities: Object.freeze(entities), byAlias, bySpec, edges: resolverOf(bySpec), conflicts });
}

/** Rows carry what an edge gives under the edge's name, so an edge under a hidden name is one of its own. */
function resolverOf(bySpec: ReadonlyMap<ModelSpec, GraphEntity>): EdgeResolver {
  const hidden = new WeakMap<Edge, Edge>();
  return (spec, name) => {
    const entity = bySpec.get(spec);
    // A model that no module lists (of a pivot table, say) still has its own relations.
    if (!entity) return defaultEdges(spec, name);
    const found = entity.edges.get(edgeName(name));
    if (found?.kind !== "record") return undefined;
    if (!name.startsWith(".")) return found.edge;
    let edge = hidden.get(found.edge);
    if (!edge) hidden.set(found.edge, (edge = { ...found.edge, name, isStep: true }));
    return edge;
  };
}

function modelEntity(module: GraphModule, spec: ModelSpec, connection: GraphInput["connection"]): GraphEntity {
  const plural = pluralize(spec.name);
  let source: GraphEntity["source"] | undefined;
  return {
    name: spec.name,
    module: module.key,
    spec,
    primaryKey: spec.primaryKey,
    plural,
    // Decided when first asked, because services are constructed late.
    get source() {
      return (source ??= module.connection === connection && !overridesList(module.service(), plural) ? "sql" : "service");
    },
    service: module.service,
    edges: new Map<string, GraphEdge>(),
  };
}

function addRelations(entity: GraphEntity, bySpec: ReadonlyMap<ModelSpec, GraphEntity>): void {
  const spec = entity.spec!;
  for (const relation of spec.relations) {
    const target = bySpec.get(relation.target());
    const edge = defaultEdges(spec, relation.name);
    // A relation to a model that the module does not list is no part of the graph: nothing could name what it gives.
    if (!target || !edge) continue;
    const key = edge.join.kind === "key" ? edge.join : undefined;
    const record: RecordEdge = {
      kind: "record",
      name: relation.name,
      origin: "relation",
      target,
      many: edge.many,
      edge,
      from: edge.join.from,
      to: key?.to,
      steps: undefined,
      showsKey: false,
    };
    entity.edges.set(relation.name, record);
  }
}

function addJoins(module: GraphModule, byModel: ReadonlyMap<string, GraphEntity>): void {
  for (const join of module.joins ?? []) {
    const entity = byModel.get(`${module.key}.${join.entity}`);
    if (!entity) {
      const names = module.models.map((model) => model.name);
      throw queryErrors.badJoin(module.key, join.entity, join.field, `the module has no such model. ${suggestion(join.entity, names)}`);
    }
    if ("path" in join) {
      entity.edges.set(join.field, { kind: "forward", name: join.field, path: join.path.split("."), many: join.many ?? false });
      continue;
    }
    for (const column of join.requires) {
      if (entity.spec?.propertyByName.has(column)) continue;
      const columns = entity.spec?.propertyByName.keys() ?? [];
      throw queryErrors.badJoin(
        module.key,
        join.entity,
        join.field,
        `it requires "${column}", which is no column. ${suggestion(column, columns)}`,
      );
    }
    entity.edges.set(join.field, { kind: "computed", name: join.field, join });
  }
}

/** Names that modules give come before those derived from models, so that a model of an app cannot take over `address`. */
function aliases(modules: readonly GraphModule[], byModel: ReadonlyMap<string, GraphEntity>): Map<string, GraphEntity> {
  const byAlias = new Map<string, GraphEntity>();
  const add = (alias: string, entity: GraphEntity | undefined) => {
    if (entity && !byAlias.has(alias)) byAlias.set(alias, entity);
  };
  for (const module of modules) {
    for (const [alias, model] of Object.entries(module.aliases ?? {})) add(alias, byModel.get(`${module.key}.${toPascalCase(model)}`));
  }
  for (const module of modules) {
    for (const spec of module.models) {
      const entity = byModel.get(`${module.key}.${spec.name}`);
      const singular = spec.snakeName;
      for (const alias of [singular, pluralize(singular), toCamelCase(singular), toCamelCase(pluralize(singular)), spec.name])
        add(alias, entity);
    }
  }
  return byAlias;
}

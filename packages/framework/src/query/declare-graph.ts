import { toPascalCase } from "@velella/data";
import type { ModelSpec, PropertySpec } from "@velella/data";
import type { ForwardEdge, Graph, GraphEdge, GraphEntity, RecordEdge } from "./graph";
import { linkModuleKey } from "./link-edges";

/** A module as declarations refer to it. */
export interface DeclaredModule {
  readonly key: string;
  /** What its default export is imported from. Undefined where it cannot be imported with types. */
  readonly request: string | undefined;
  /** Names under which the service has its models, by PascalCase name of the model. */
  readonly models: ReadonlyMap<string, string>;
}

/** What {@link declareGraph} writes down, and what it leaves out. */
export interface GraphDeclarations {
  readonly graph: Graph;
  readonly modules: readonly DeclaredModule[];
  /** Names, entities and edges that are declared elsewhere, and so are left out. */
  readonly base?: Graph;
  /** The module whose interfaces are added to: `@velella/framework`, or its facade. */
  readonly into: string;
  /** Whether these are all that an app has: names that are not declared then do not exist. */
  readonly isComplete: boolean;
  /** First line of the file, after `// `. */
  readonly heading: string;
}

/**
 * Writes the graph down for the type checker, as additions to the interfaces of `graph-types.ts`, and the services of
 * its modules for the container. Computed fields are declared where they are defined, so not here.
 */
export function declareGraph(input: GraphDeclarations): string {
  const { graph, base } = input;
  const isNew = (entity: GraphEntity) => !base || !entityIn(base, keyOf(entity));
  const entities = graph.entities.filter(isNew);
  const services = input.modules.filter(
    ({ key, request }) => request !== undefined && !base?.entities.some(({ module }) => module === key),
  );
  const interfaces: Record<string, string[]> = {
    ContainerTypes: base ? services.map(({ key }) => `${name(key)}: ServiceOf<typeof ${importName(key)}>;`) : [],
    GraphFacts: input.isComplete ? ["complete: true;"] : [],
    GraphNames: [...graph.byAlias]
      .filter(([alias]) => !base?.byAlias.has(alias))
      .map(([alias, entity]) => `${name(alias)}: "${keyOf(entity)}";`),
    GraphEntities: entities.map((entity) => `${name(keyOf(entity))}: ${entityType(entity, input.modules)};`),
    GraphEdges: graph.entities.flatMap((entity) =>
      newEdges(entity, input).map((edge) => `${name(`${keyOf(entity)}/${edge.name}`)}: ${edgeType(entity, edge)};`),
    ),
  };
  const body = Object.entries(interfaces)
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => `  interface ${title} {\n${lines.map((line) => `    ${line}`).join("\n")}\n  }`)
    .join("\n\n");
  const used = (word: string) => new RegExp(`\\b${word}\\b`).test(body);
  const imports = services.concat(input.modules.filter((module) => !services.includes(module))).filter(({ key }) => used(importName(key)));
  return [
    `// ${input.heading}`,
    `import type { ${helpers.filter(used).join(", ") || "GraphNames"} } from "${input.into}";`,
    ...imports.map(({ key, request }) => `import type ${importName(key)} from "${request}";`),
    "",
    `declare module "${input.into}" {`,
    body,
    "}",
    "",
  ].join("\n");
}

const helpers = [
  "LinkEntity",
  "ModelEntity",
  "ModelOf",
  "ServiceOf",
  "ToMany",
  "ToOne",
  "ToOneIfAny",
  "ToOneOrMany",
  "ToOneOrNull",
  "UntypedEntity",
  "VirtualEntity",
];

const keyOf = (entity: GraphEntity) => `${entity.module}.${entity.name}`;
const importName = (key: string) => `${toPascalCase(key)}Module`;
/** A property name, in quotes where it needs them. */
const name = (text: string) => (/^[A-Za-z_$][\w$]*$/.test(text) ? text : JSON.stringify(text));

function entityIn(graph: Graph, key: string): GraphEntity | undefined {
  return graph.entities.find((entity) => keyOf(entity) === key);
}

function newEdges(entity: GraphEntity, { base }: GraphDeclarations): (RecordEdge | ForwardEdge)[] {
  const declared = base && entityIn(base, keyOf(entity))?.edges;
  return [...entity.edges.values()].filter(
    (edge): edge is RecordEdge | ForwardEdge => edge.kind !== "computed" && !declared?.has(edge.name),
  );
}

function entityType(entity: GraphEntity, modules: readonly DeclaredModule[]): string {
  const { spec, module } = entity;
  if (module === linkModuleKey) return linkType(spec!);
  const declared = modules.find(({ key }) => key === module);
  if (declared?.request === undefined) return "UntypedEntity";
  if (!spec) {
    const methods = [`list${entity.plural}`, "list"].map((method) => JSON.stringify(method)).join(" | ");
    return `VirtualEntity<ServiceOf<typeof ${importName(module)}>, ${methods}, ${keyNames(entity)}>`;
  }
  const model = declared.models.get(spec.name);
  return model === undefined ? "UntypedEntity" : `ModelEntity<ModelOf<typeof ${importName(module)}, ${JSON.stringify(model)}>>`;
}

const keyNames = ({ primaryKey }: Pick<GraphEntity, "primaryKey">) => primaryKey.map((key) => JSON.stringify(key)).join(" | ");

const always = new Set(["id", "created_at", "updated_at", "deleted_at"]);

function linkType(spec: ModelSpec): string {
  const extra = spec.properties.filter((property) => !property.primaryKey && !always.has(property.name));
  const columns = extra.map((property) => `${name(property.name)}: ${valueType(property)}`).join("; ");
  return `LinkEntity<${keyNames(spec)}${columns ? `, { ${columns} }` : ""}>`;
}

const valueTypes: Partial<Record<PropertySpec["kind"], string>> = {
  number: "number",
  float: "number",
  bigNumber: "number",
  autoincrement: "number",
  boolean: "boolean",
  dateTime: "Date",
  json: "Record<string, unknown>",
  array: "string[]",
};

const valueType = ({ kind, nullable }: PropertySpec) => `${valueTypes[kind] ?? "string"}${nullable ? " | null" : ""}`;

function edgeType(entity: GraphEntity, edge: RecordEdge | ForwardEdge): string {
  if (edge.kind === "forward") return forwardType(entity, edge);
  const target = JSON.stringify(keyOf(edge.target));
  if (edge.many === true) return `ToMany<${target}>`;
  if (edge.many === "auto") return `ToOneOrMany<${target}>`;
  if (edge.origin !== "relation") return `ToOneIfAny<${target}>`;
  return entity.spec?.relationByName.get(edge.name)?.nullable ? `ToOneOrNull<${target}>` : `ToOne<${target}>`;
}

/** Another name for something further away is an edge to where its path ends. */
function forwardType(entity: GraphEntity, forward: ForwardEdge): string {
  let at: GraphEntity = entity;
  let edge: GraphEdge | undefined;
  for (const step of forward.path) {
    if (edge) at = endOf(at, edge) ?? at;
    edge = at.edges.get(step);
  }
  if (!edge) return "never";
  if (edge.kind === "computed") return `GraphEdges[${JSON.stringify(`${keyOf(at)}/${edge.name}`)}]`;
  const end = endOf(at, edge);
  if (!end) return "never";
  return `${forward.many ? "ToMany" : "ToOneIfAny"}<${JSON.stringify(keyOf(end))}>`;
}

/** The entity that an edge leads to; undefined for values. */
function endOf(entity: GraphEntity, edge: GraphEdge): GraphEntity | undefined {
  if (edge.kind === "record") return edge.target;
  if (edge.kind === "computed") return undefined;
  return edge.path.reduce<GraphEntity | undefined>((at, step) => {
    const next = at?.edges.get(step);
    return at && next ? endOf(at, next) : undefined;
  }, entity);
}

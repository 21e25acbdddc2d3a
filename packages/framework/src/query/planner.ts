import type { FieldLimits, RequestedFields } from "./field-tree";
import { fieldPaths, noFields, parseFields } from "./field-tree";
import type { ComputedEdge, ForwardEdge, Graph, GraphEntity, RecordEdge } from "./graph";
import { hiddenName, isSameCall } from "./plan";
import type { PlanBranch, PlanNode } from "./plan";

/** A field that nothing has, with where it was looked for. */
export interface UnknownField {
  readonly entity: GraphEntity;
  readonly field: string;
}

/** A plan, and what could not be planned. */
export interface QueryPlan {
  readonly root: PlanNode;
  readonly unknown: readonly UnknownField[];
}

/**
 * Plans a query.
 *
 * @param options `linkRows` also fetches the rows of links, to tell a missing link from a missing record.
 */
export function planQuery(
  graph: Graph,
  entity: GraphEntity,
  fields: readonly string[],
  limits: FieldLimits,
  options: { linkRows?: boolean } = {},
): QueryPlan {
  const unknown: UnknownField[] = [];
  const planner = new Planner(graph, unknown, options.linkRows ?? false);
  const root = planner.node(entity, entity.source);
  planner.expand(root, parseFields(entity.name, fields, limits), []);
  settle(root, true, options.linkRows ?? false);
  return { root, unknown };
}

class Planner {
  constructor(
    private readonly graph: Graph,
    private readonly unknown: UnknownField[],
    private readonly linkRows: boolean,
  ) {}

  node(entity: GraphEntity, source: "sql" | "service"): PlanNode {
    return {
      entity,
      source,
      columns: new Set(),
      hidden: new Set(),
      inline: new Map(),
      crossings: new Map(),
      computed: new Map(),
      forwards: new Map(),
      answers: false,
      works: false,
    };
  }

  /** Adds what is asked for to a node. `path` is where the node is, as the asker sees it. */
  expand(node: PlanNode, fields: RequestedFields, path: readonly string[], reachedByLink = false): void {
    for (const leaf of fields.leaves) this.leaf(node, leaf, path, reachedByLink);
    for (const [name, below] of fields.branches) this.branch(node, name, below, path);
  }

  private leaf(node: PlanNode, name: string, path: readonly string[], reachedByLink = false): void {
    const { spec, edges } = node.entity;
    if (name === "*") {
      node.answers = true;
      node.columns.add("*");
      if (reachedByLink) this.references(node);
      return;
    }
    const edge = edges.get(name);
    if (edge?.kind === "computed") return this.computed(node, edge, new Set(["*"]), path);
    if (edge?.kind === "forward") return this.forward(node, edge, undefined, path);
    if (edge) return this.bare(node, edge, path);
    if (!spec || isColumn(node.entity, name)) this.show(node, name);
    else this.unknown.push({ entity: node.entity, field: name });
  }

  private branch(node: PlanNode, name: string, below: RequestedFields, path: readonly string[]): void {
    const { spec, edges } = node.entity;
    const edge = edges.get(name);
    if (edge?.kind === "computed") return this.computed(node, edge, new Set(fieldPaths(below)), path);
    if (edge?.kind === "forward") return this.forward(node, edge, below, path);
    if (edge) return void this.record(node, edge, name, below, path);
    // `metadata.color`: the column holds a document, of which the whole is read.
    if (!spec || isColumn(node.entity, name)) this.show(node, name);
    else this.unknown.push({ entity: node.entity, field: name });
  }

  /** A relation named without fields: one that this side holds the key of gives the other's key, any other nothing. */
  private bare(node: PlanNode, edge: RecordEdge, path: readonly string[]): void {
    const relation = node.entity.spec?.relationByName.get(edge.name);
    if (edge.origin === "relation" && relation?.owner) this.record(node, edge, edge.name, noFields(), path);
  }

  /** `*` of a record also tells whether there is the one that a `hasOne` leads to. For the root, the read itself does. */
  private references(node: PlanNode): void {
    for (const relation of node.entity.spec?.relations ?? []) {
      const edge = node.entity.edges.get(relation.name);
      if (relation.kind !== "hasOne" || relation.owner || edge?.kind !== "record") continue;
      this.record(node, edge, edge.name, noFields(), []);
    }
  }

  private record(node: PlanNode, edge: RecordEdge, name: string, below: RequestedFields, path: readonly string[]): PlanNode {
    node.answers = true;
    if (edge.showsKey || this.isNamedLikeEntity(node, edge)) this.show(node, edge.from);
    if (this.linkRows && edge.steps) this.follow(node, edge.steps.slice(0, 1), path);
    if (edge.to === undefined && !isSameCall(node.entity, node.source, edge)) {
      return this.throughSteps(node, edge, below, path);
    }
    const child = this.child(node, edge, name);
    for (const key of child.entity.primaryKey) this.show(child, key);
    this.expand(child, below, [...path, edge.name], edge.origin !== "relation");
    return child;
  }

  /** A link one end of which is outside the statement: first its rows, then the records by their keys. */
  private throughSteps(node: PlanNode, edge: RecordEdge, below: RequestedFields, path: readonly string[]): PlanNode {
    const steps = edge.steps ?? [];
    const end = this.follow(node, steps, [...path, edge.name]);
    node.forwards.set(edge.name, { path: steps.map(hiddenName), many: edge.many === true });
    for (const key of end.entity.primaryKey) this.show(end, key);
    this.expand(end, below, [...path, edge.name], true);
    return end;
  }

  private forward(node: PlanNode, edge: ForwardEdge, below: RequestedFields | undefined, path: readonly string[]): void {
    const here = [...path, edge.name];
    const steps = edge.path.slice(0, -1);
    const last = edge.path.at(-1)!;
    const first = node.entity.edges.get(edge.path[0]!);
    if (first?.kind === "record" && first.showsKey) this.show(node, first.from);
    const end = this.follow(node, steps, here);
    const target = end.entity.edges.get(last);
    const names = steps.map(hiddenName);
    if (target?.kind === "record") {
      if (!below) return;
      this.record(end, target, last, below, path);
    } else if (below) {
      // What is below the forwarded name finds its context under that name.
      this.branch(end, last, below, path);
    } else {
      this.leaf(end, last, path);
    }
    node.answers = true;
    node.forwards.set(edge.name, { path: [...names, last], many: edge.many });
    const computed = end.computed.get(last);
    if (computed) end.computed.set(last, { ...computed, contextPath: here });
  }

  /** Goes along edges, fetching under names that are not part of the answer. What is below the first one goes away with it. */
  private follow(node: PlanNode, steps: readonly string[], path: readonly string[], isHidden = false): PlanNode {
    let current = node;
    for (const step of steps) {
      const edge = current.entity.edges.get(step);
      if (edge?.kind !== "record") {
        this.unknown.push({ entity: current.entity, field: step });
        return current;
      }
      const name = hiddenName(step);
      if (current === node && !isHidden) current.hidden.add(name);
      if (edge.to === undefined && !isSameCall(current.entity, current.source, edge)) {
        const end = this.follow(current, edge.steps ?? [], path, current !== node || isHidden);
        current.forwards.set(name, { path: (edge.steps ?? []).map(hiddenName), many: edge.many === true });
        current = end;
        continue;
      }
      const next = this.child(current, edge, name);
      // Hidden as a whole, so nothing inside needs to be.
      for (const key of next.entity.primaryKey) this.show(next, key);
      current = next;
    }
    return current;
  }

  private child(node: PlanNode, edge: RecordEdge, name: string): PlanNode {
    const inline = isSameCall(node.entity, node.source, edge);
    const branches = inline ? node.inline : node.crossings;
    const present = branches.get(name);
    if (present) return present.node;
    const child = this.node(edge.target, inline ? node.source : edge.target.source);
    branches.set(name, { edge, node: child });
    if (!inline) {
      this.hide(node, edge.from);
      this.hide(child, edge.to!);
    }
    return child;
  }

  private computed(node: PlanNode, edge: ComputedEdge, fields: Set<string>, path: readonly string[]): void {
    node.answers = true;
    for (const column of edge.join.requires) this.hide(node, column);
    const present = node.computed.get(edge.name);
    if (present) for (const field of fields) present.fields.add(field);
    else node.computed.set(edge.name, { edge, fields, contextPath: [...path, edge.name] });
  }

  private show(node: PlanNode, column: string): void {
    node.answers = true;
    node.columns.add(column);
    node.hidden.delete(column);
    this.hideRaw(node, column);
  }

  private hide(node: PlanNode, column: string): void {
    if (node.columns.has(column)) return;
    node.columns.add(column);
    node.hidden.add(column);
    this.hideRaw(node, column);
  }

  /** A read gives the exact digits along with a big number; a query only where they are asked for. */
  private hideRaw(node: PlanNode, column: string): void {
    const raw = node.entity.spec?.propertyByName.get(column)?.rawColumn;
    if (raw && !node.columns.has(raw)) node.hidden.add(raw);
  }

  /** A `belongsTo` whose name is that of an entity (`variant.product`) also answers with its key (`product_id`). */
  private isNamedLikeEntity(node: PlanNode, edge: RecordEdge): boolean {
    return (
      edge.origin === "relation" && Boolean(node.entity.spec?.relationByName.get(edge.name)?.owner) && this.graph.byAlias.has(edge.name)
    );
  }
}

/** A column, or the raw digits of one. */
export function isColumn(entity: GraphEntity, name: string): boolean {
  const { spec } = entity;
  return Boolean(spec?.propertyByName.has(name) || spec?.properties.some((property) => property.rawColumn === name));
}

/** Finds out which nodes need work after the fetch, and takes hidden columns for shown where `*` asks for all. */
function settle(node: PlanNode, isRoot: boolean, checksRecords: boolean): boolean {
  if (node.columns.has("*")) for (const name of node.hidden) if (!name.startsWith(".")) node.hidden.delete(name);
  if (isRoot && node.columns.size === 0) {
    for (const key of node.entity.primaryKey) {
      node.columns.add(key);
      node.hidden.add(key);
    }
  }
  const branches: PlanBranch[] = [...node.inline.values(), ...node.crossings.values()];
  const below = branches.map((branch) => settle(branch.node, false, checksRecords)).some(Boolean);
  const collapses = [...node.inline.values()].some((branch) => branch.edge.many === "auto");
  const fetches = node.crossings.size > 0 || node.computed.size > 0;
  node.works = below || collapses || fetches || node.hidden.size > 0 || node.forwards.size > 0 || (checksRecords && branches.length > 0);
  return node.works;
}

import { model, pluralize, specOf, toCamelCase } from "@velella/data";
import type { AnyEntity, ModelSpec } from "@velella/data";
import { buildLinkable } from "../../modules/linkable";
import type { LinkableEntry } from "../../modules/linkable";
import type { LinkInput, LinkOptions } from "../../links/define-link";

/** Random models, links, rows and queries, from a seed. */

/** Numbers from a seed, so that a failure can be run again. */
export class Random {
  constructor(private state: number) {}

  /** At least 0, less than 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** A whole number from 0 to `below - 1`. */
  int(below: number): number {
    return Math.floor(this.next() * below);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.int(items.length)]!;
  }

  some<T>(items: readonly T[], probability: number): T[] {
    return items.filter(() => this.chance(probability));
  }
}

/** How an evaluation in memory sees an edge. */
export interface PlainEdge {
  name: string;
  target: string;
  many: boolean;
  /** `reference`: by a key that the row holds, with no constraint; `rows`: the rows of a link. */
  kind: "children" | "parent" | "pivot" | "link" | "reference" | "rows";
  /** The column that holds the key: on the row for `parent` and `reference`, on the others for `children` and `rows`. */
  foreignKey?: string;
  /** `pivot`: the table of the pairs, its column for the row and the one for the others. */
  pivot?: { table: string; own: string; other: string };
  link?: PlainLink;
  /** For a link: whether the row is the link's left record. */
  isLeft?: boolean;
}

/** The table of a link, and the column by which it refers to either side. */
export interface PlainLink {
  table: string;
  left: { model: string; key: string; isList: boolean };
  right: { model: string; key: string; isList: boolean };
}

/** A model as the plain answer of a query needs it: nothing but names. */
export interface PlainModel {
  name: string;
  module: string;
  /** Its name in a query. */
  entity: string;
  /** Columns to ask for. */
  scalars: readonly string[];
  /** Columns that come with every record below the root. */
  key: readonly string[];
  /** Whether it lies in another database. */
  isElsewhere: boolean;
  /** Undefined for the rows of a link. */
  spec: ModelSpec | undefined;
  edges: Map<string, PlainEdge>;
}

/** A row as it was written, in any table. */
export type PlainRow = Record<string, unknown> & { id: string; deleted_at: Date | null };

/** Models, links and their rows, to be asked the same questions twice: by queries, and by walking over the rows. */
export interface RandomGraph {
  modules: { key: string; models: ModelSpec[]; entities: Record<string, AnyEntity>; isElsewhere: boolean }[];
  models: Map<string, PlainModel>;
  links: PlainLink[];
  definitions: [LinkInput, LinkInput, LinkOptions?][];
  rows: Map<string, PlainRow[]>;
  /** By the table of the pairs. */
  pivotRows: Map<string, Record<string, unknown>[]>;
  linkRows: Map<string, Record<string, unknown>[]>;
}

/** Columns that every random model has. */
export const scalars = ["title", "rank", "flag"] as const;

const modelNames = ["Ash", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Gum"];

/** @param elsewhere Whether modules may lie in another database. */
export function randomGraph(random: Random, elsewhere: boolean): RandomGraph {
  const entities = new Map<string, AnyEntity>();
  const models = new Map<string, PlainModel>();
  const modules: RandomGraph["modules"] = [];
  const linkables = new Map<string, LinkableEntry>();
  const names = [...modelNames];
  for (let m = 0; m < 2 + random.int(2); m++) {
    const key = `wood${m}`;
    const own = names.splice(0, 1 + random.int(2));
    defineModels(random, own, entities);
    const specs = own.map((name) => specOf(entities.get(name)!));
    const isElsewhere = elsewhere && random.chance(0.5);
    const defined = Object.fromEntries(own.map((name) => [name, entities.get(name)!]));
    modules.push({ key, models: specs, entities: defined, isElsewhere });
    const linkable = buildLinkable(key, defined) as Record<string, LinkableEntry>;
    for (const spec of specs) {
      const base = { name: spec.name, module: key, entity: spec.snakeName, spec, isElsewhere };
      models.set(spec.name, { ...base, scalars, key: ["id"], edges: relationsOf(spec) });
      linkables.set(spec.name, linkable[toCamelCase(spec.name)]!);
    }
  }
  const { links, definitions } = randomLinks(random, models, linkables);
  definitions.push(...randomReferences(random, models, linkables));
  const { rows, linkRows } = randomRows(random, models, links);
  const pivotRows = randomPivots(random, models, rows);
  addLinkModels(models, links, rows, linkRows);
  return { modules, models, links, definitions, rows, linkRows, pivotRows };
}

function defineModels(random: Random, names: readonly string[], entities: Map<string, AnyEntity>): void {
  const [parent, child] = names;
  const columns = () => ({
    id: model.id().primaryKey(),
    title: model.text(),
    rank: model.number().nullable(),
    flag: model.boolean(),
    ref: model.text().nullable(),
  });
  if (!child || random.chance(0.2)) {
    for (const name of names) entities.set(name, model.define(name, columns()));
    return;
  }
  const others = random.chance(0.6)
    ? (name: string, mappedBy: string) => model.manyToMany(() => entities.get(name) as never, { mappedBy })
    : undefined;
  entities.set(
    parent!,
    model.define(parent!, {
      ...columns(),
      r_children: model.hasMany(() => entities.get(child) as never, { mappedBy: "r_parent" }),
      ...(others && { r_others: others(child, "r_owners") }),
    }),
  );
  entities.set(
    child,
    model.define(child, {
      ...columns(),
      r_parent: model.belongsTo(() => entities.get(parent!) as never, { mappedBy: "r_children" }).nullable(),
      ...(others && { r_owners: others(parent!, "r_others") }),
    }),
  );
}

function relationsOf(spec: ModelSpec): Map<string, PlainEdge> {
  const edges = new Map<string, PlainEdge>();
  for (const relation of spec.relations) {
    const base = { name: relation.name, target: relation.target().name };
    if (relation.pivot) {
      const { table, ownColumn, targetColumn } = relation.pivot();
      edges.set(relation.name, { ...base, many: true, kind: "pivot", pivot: { table, own: ownColumn, other: targetColumn } });
      continue;
    }
    const kind = relation.owner ? "parent" : "children";
    edges.set(relation.name, { ...base, many: !relation.owner, kind, foreignKey: relation.foreignKey });
  }
  return edges;
}

function randomLinks(random: Random, models: Map<string, PlainModel>, linkables: Map<string, LinkableEntry>) {
  const links: PlainLink[] = [];
  const definitions: RandomGraph["definitions"] = [];
  const all = [...models.values()];
  for (const left of all) {
    for (const right of all) {
      if (left.module >= right.module || random.chance(0.25)) continue;
      const side = (of: PlainModel) => ({ model: of.name, key: `${of.entity}_id`, isList: random.chance(0.5) });
      const table = `${left.module}_${left.entity}_${right.module}_${right.entity}`;
      const link: PlainLink = { table, left: side(left), right: side(right) };
      links.push(link);
      definitions.push([
        { linkable: linkables.get(left.name)!, isList: link.left.isList },
        { linkable: linkables.get(right.name)!, isList: link.right.isList },
        { database: { extraColumns: { note: { type: "text", nullable: true } } } },
      ]);
      const fieldOf = (of: PlainModel, isList: boolean) => (isList ? pluralize(of.entity) : of.entity);
      const forth = fieldOf(right, link.right.isList);
      const back = fieldOf(left, link.left.isList);
      left.edges.set(forth, { name: forth, target: right.name, many: link.right.isList, kind: "link", link, isLeft: true });
      right.edges.set(back, { name: back, target: left.name, many: link.left.isList, kind: "link", link, isLeft: false });
    }
  }
  return { links, definitions };
}

/** Read-only links: a key in the column `ref`, of at most one other model. */
function randomReferences(
  random: Random,
  models: Map<string, PlainModel>,
  linkables: Map<string, LinkableEntry>,
): RandomGraph["definitions"] {
  const definitions: RandomGraph["definitions"] = [];
  for (const from of models.values()) {
    const others = [...models.values()].filter(({ module }) => module !== from.module);
    if (!others.length || random.chance(0.3)) continue;
    const to = random.pick(others);
    const name = `ref_${to.entity}`;
    const left = { linkable: linkables.get(from.name)!, field: "ref" };
    definitions.push([left, { linkable: linkables.get(to.name)!, as: name }, { readOnly: true }]);
    from.edges.set(name, { name, target: to.name, many: false, kind: "reference", foreignKey: "ref" });
  }
  return definitions;
}

/** The rows of links as models: by themselves, and below the records that they link. */
function addLinkModels(
  models: Map<string, PlainModel>,
  links: readonly PlainLink[],
  rows: Map<string, PlainRow[]>,
  linkRows: Map<string, Record<string, unknown>[]>,
): void {
  for (const { table, left, right } of links) {
    const [a, b] = [models.get(left.model)!, models.get(right.model)!];
    const entity = `${a.entity}_${b.entity}`;
    const key = [left.key, right.key];
    const edges = new Map<string, PlainEdge>();
    for (const [of, side] of [[a, left] as const, [b, right] as const])
      edges.set(of.entity, { name: of.entity, target: of.name, many: false, kind: "reference", foreignKey: side.key });
    models.set(table, { name: table, module: "links", entity, scalars: ["note"], key, isElsewhere: false, spec: undefined, edges });
    const addRows = (here: PlainModel, hereKey: string, there: PlainModel, many: boolean) => {
      const name = `${there.entity}_link`;
      here.edges.set(name, { name, target: table, many, kind: "rows", foreignKey: hereKey });
    };
    addRows(a, left.key, b, right.isList);
    addRows(b, right.key, a, left.isList);
    // A row is seen only while those of its records are there that can be looked at in one statement.
    const isSeen = (of: PlainModel, id: unknown) =>
      of.isElsewhere || rows.get(of.name)!.some((row) => row.id === id && row.deleted_at === null);
    const seen = linkRows.get(table)!.filter((row) => isSeen(a, row[left.key]) && isSeen(b, row[right.key]));
    rows.set(table, seen as PlainRow[]);
  }
}

function randomPivots(random: Random, models: Map<string, PlainModel>, rows: Map<string, PlainRow[]>) {
  const pivotRows = new Map<string, Record<string, unknown>[]>();
  for (const { name, edges } of models.values()) {
    for (const { pivot, target } of edges.values()) {
      if (!pivot || pivotRows.has(pivot.table)) continue;
      const pairs = rows.get(name)!.flatMap((own) => rows.get(target)!.map((other) => ({ [pivot.own]: own.id, [pivot.other]: other.id })));
      pivotRows.set(pivot.table, random.some(pairs, 0.2));
    }
  }
  return pivotRows;
}

function randomRows(random: Random, models: Map<string, PlainModel>, links: readonly PlainLink[]) {
  const rows = new Map<string, PlainRow[]>();
  for (const { name, entity } of models.values()) {
    const own: PlainRow[] = [];
    const count = random.int(14);
    for (let i = 0; i < count; i++) {
      const row: PlainRow = {
        id: `${entity}_${String(i).padStart(2, "0")}`,
        title: randomTitle(random),
        rank: random.chance(0.2) ? null : random.int(5),
        flag: random.chance(0.5),
        deleted_at: random.chance(0.15) ? new Date(0) : null,
      };
      own.push(row);
    }
    rows.set(name, own);
  }
  for (const { name, edges } of models.values()) {
    for (const edge of edges.values()) {
      if (edge.kind !== "parent" && edge.kind !== "reference") continue;
      const parents = rows.get(edge.target)!;
      for (const row of rows.get(name)!) row[edge.foreignKey!] = parents.length && random.chance(0.8) ? random.pick(parents).id : null;
    }
  }
  const linkRows = new Map<string, Record<string, unknown>[]>();
  for (const { table, left, right } of links) {
    const own: Record<string, unknown>[] = [];
    const live = { left: new Set<string>(), right: new Set<string>() };
    for (const a of rows.get(left.model)!) {
      for (const b of rows.get(right.model)!) {
        if (random.chance(0.6)) continue;
        const taken = (!right.isList && live.left.has(a.id)) || (!left.isList && live.right.has(b.id));
        const isDeleted = taken || random.chance(0.15);
        if (!isDeleted) {
          live.left.add(a.id);
          live.right.add(b.id);
        }
        own.push({
          [left.key]: a.id,
          [right.key]: b.id,
          id: `${a.id}-${b.id}`,
          note: random.chance(0.3) ? null : randomTitle(random),
          deleted_at: isDeleted ? new Date(0) : null,
        });
      }
    }
    linkRows.set(table, own);
  }
  return { rows, linkRows };
}

/** Few and short texts of small letters, which every collation orders alike. */
export function randomTitle(random: Random): string {
  return "abc"[random.int(3)]! + "abc"[random.int(3)]!;
}

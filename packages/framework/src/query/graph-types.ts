import type { ColumnsOf, KeyName, SchemaOf } from "@velella/data";
import type { ServiceClass } from "../modules/module";
import type { GraphRow } from "./query";

/**
 * What is known of the graph when code is checked: entities, their columns, and the edges between them, each under a flat
 * name, so that packages and apps add to it by declaration merging. The commerce modules declare theirs; those of an app
 * and its links are written by `velella types`.
 */

/** The names that `query.graph` takes, each with the entity behind it: `{ product: "product.Product" }`. */
// oxlint-disable-next-line typescript/no-empty-object-type -- filled by declaration merging
export interface GraphNames {}

/** What entities are, by module and model: `{ "product.Product": ModelEntity<typeof Product> }`. */
// oxlint-disable-next-line typescript/no-empty-object-type -- filled by declaration merging
export interface GraphEntities {}

/** Where edges lead, by entity and field: `{ "product.Product/variants": ToMany<"product.ProductVariant"> }`. */
// oxlint-disable-next-line typescript/no-empty-object-type -- filled by declaration merging
export interface GraphEdges {}

/** Has `complete` once an app's own types are written: names that are not known then do not exist. */
// oxlint-disable-next-line typescript/no-empty-object-type -- filled by declaration merging
export interface GraphFacts {}

/** An entity for the type checker. */
export interface EntityShape {
  /** A row without what edges lead to. */
  columns: object;
  /** Names of the columns of the primary key. */
  key: string;
}

/** The entity of a data model. */
export interface ModelEntity<Model> extends EntityShape {
  columns: ColumnsOf<Model>;
  key: KeyName<SchemaOf<Model>>;
}

/** The rows of a link: two keys, and its extra columns. */
export interface LinkEntity<Key extends string, Extra = unknown> extends EntityShape {
  columns: { [K in Key]: string } & { id: string; created_at: Date; updated_at: Date; deleted_at: Date | null } & Extra;
  key: Key;
}

/** A model without a table: its rows are what the module's own method returns. */
export interface VirtualEntity<Service, Method extends string, Key extends string> extends EntityShape {
  columns: ListedBy<Service, Extract<Method, keyof Service>>;
  key: Key;
}

type ListedBy<Service, Method extends keyof Service> = [Method] extends [never]
  ? Anything
  : Service[Method] extends (...args: never[]) => Promise<readonly (infer Row extends object)[]>
    ? Row
    : Anything;

/** An entity of which nothing is known, such as that of a module in JavaScript. */
export interface UntypedEntity extends EntityShape {
  columns: Anything;
  key: never;
}

type Anything = Record<string, GraphRow>;

/** An edge to a list of records. */
export interface ToMany<Entity extends string> {
  kind: "many";
  to: Entity;
}
/** An edge to a record that is always there. */
export interface ToOne<Entity extends string> {
  kind: "one";
  to: Entity;
}
/** An edge to a record, or to null. */
export interface ToOneOrNull<Entity extends string> {
  kind: "oneOrNull";
  to: Entity;
}
/** An edge to a record; the field is absent where there is none. */
export interface ToOneIfAny<Entity extends string> {
  kind: "oneIfAny";
  to: Entity;
}
/** An edge by a column that is no key: one record as itself, several as a list. */
export interface ToOneOrMany<Entity extends string> {
  kind: "oneOrMany";
  to: Entity;
}
/** A value that no table has, computed for each row; the field may be absent. */
export interface ToValue<Value> {
  kind: "value";
  value: Value;
}

/** A model of a module, by its name: `ModelOf<typeof BrandModule, "Brand">`. */
export type ModelOf<Module, Name extends string> = Module extends { service: { $modelObjects: infer Models } }
  ? Name extends keyof Models
    ? Models[Name]
    : never
  : never;

/** The service of a module: `ServiceOf<typeof BrandModule>`. */
export type ServiceOf<Module> = Module extends { service: infer Class extends ServiceClass } ? InstanceType<Class> : GraphRow;

type Columns<Entity> = Entity extends keyof GraphEntities ? GraphEntities[Entity]["columns" & keyof GraphEntities[Entity]] : never;
type KeyOf<Entity> = Entity extends keyof GraphEntities ? GraphEntities[Entity]["key" & keyof GraphEntities[Entity]] & string : never;
type EdgeAt<Entity extends string, Field extends string> = `${Entity}/${Field}` extends keyof GraphEdges
  ? GraphEdges[`${Entity}/${Field}`]
  : never;
type IsComplete = GraphFacts extends { complete: true } ? true : false;

/** `*variants` is how the HTTP interface spells `variants.*`. */
type Spelled<Field extends string> = Field extends `*${infer Rest}`
  ? Rest extends ""
    ? "*"
    : Rest extends `.${infer Path}`
      ? `${Path}.*`
      : `${Rest}.*`
  : Field;
type Head<Path> = Path extends `${infer Name}.${string}` ? Name : never;
type Below<Path, Name extends string> = Path extends `${Name}.${infer Rest}` ? Rest : never;
/** The names at the start of paths. */
type Start<Path> = Path extends `${infer Name}.${string}` ? Name : Path;

type OwnColumns<Entity, Path> = "*" extends Path ? Columns<Entity> : Pick<Columns<Entity>, Start<Path> & keyof Columns<Entity>>;

/** Names that must be edges: whatever is followed by a dot, and values named as a whole. */
type EdgeNames<Entity extends string, Path extends string> = {
  [Name in Start<Path>]: EdgeAt<Entity, Name> extends infer Edge
    ? [Edge] extends [never]
      ? never
      : Edge extends { kind: "value" }
        ? Name
        : Name extends Head<Path>
          ? Name
          : never
    : never;
}[Start<Path>];
type MayBeAbsent = { kind: "value" | "oneIfAny" | "oneOrMany" };
type AbsentNames<Entity extends string, Names extends string> = {
  [Name in Names]: EdgeAt<Entity, Name> extends MayBeAbsent ? Name : never;
}[Names];

/** What an edge gives, with the fields asked for below it; the key of a record is always among them. */
type EdgeValue<Edge, Below extends string> = Edge extends { kind: "value"; value: infer Value }
  ? Value
  : Edge extends { kind: infer Kind; to: infer To extends string }
    ? RowOf<To, Below | KeyOf<To>> extends infer Row
      ? Kind extends "many"
        ? Row[]
        : Kind extends "oneOrNull"
          ? Row | null
          : Kind extends "oneOrMany"
            ? Row | Row[]
            : Row
      : never
    : never;

type Edges<Entity extends string, Path extends string, Names extends string> = {
  [Name in Exclude<Names, AbsentNames<Entity, Names>>]: EdgeValue<EdgeAt<Entity, Name>, Below<Path, Name>>;
} & {
  [Name in AbsentNames<Entity, Names>]?: EdgeValue<EdgeAt<Entity, Name>, Below<Path, Name>>;
};

/** Names of fields that are neither columns nor edges. Before an app's types are written they may be its links. */
type Unknown<Entity extends string, Path> = IsComplete extends true
  ? unknown
  : {
      [
        Name in Exclude<Start<Path>, keyof Columns<Entity> | "*"> as EdgeAt<Entity, Name & string> extends never ? Name & string : never
      ]: GraphRow;
    };

type Flat<T> = { [K in keyof T]: T[K] };

/** A row of an entity with the fields that paths name. */
export type RowOf<Entity extends string, Path extends string> = Flat<
  OwnColumns<Entity, Path> & Edges<Entity, Path, EdgeNames<Entity, Path>> & Unknown<Entity, Path>
>;

type FieldsOf<Entity extends string> = keyof GraphEdges extends infer Edge
  ? Edge extends `${Entity}/${infer Name}`
    ? Name
    : never
  : never;

/** A row of an entity with any fields: each may have been asked for or not. */
export type AnyRowOf<Entity extends string> = Partial<Columns<Entity>> & {
  [Name in FieldsOf<Entity>]?: EdgeAt<Entity, Name> extends infer Edge ? AnyEdgeValue<Edge> : never;
} & (IsComplete extends true ? unknown : Anything);

type AnyEdgeValue<Edge> = Edge extends { kind: "value"; value: infer Value }
  ? Value
  : Edge extends { kind: infer Kind; to: infer To extends string }
    ? Kind extends "many"
      ? AnyRowOf<To>[]
      : Kind extends "oneOrNull"
        ? AnyRowOf<To> | null
        : Kind extends "oneOrMany"
          ? AnyRowOf<To> | AnyRowOf<To>[]
          : AnyRowOf<To>
    : never;

/**
 * A row that `query.graph` gives for an entity and fields. Of fields that are only known at run time, a row in which
 * everything is optional; of an entity that is, or that nobody declared, anything.
 */
export type GraphRowOf<Name extends string, Field extends string> = Name extends keyof GraphNames
  ? GraphNames[Name] extends infer Entity extends string
    ? string extends Field
      ? AnyRowOf<Entity>
      : RowOf<Entity, Spelled<Field>>
    : never
  : GraphRow;

/** Names that editors offer as fields of an entity: its columns, its edges, and the columns behind them; any other text is let through. */
export type FieldOf<Name extends string> = Name extends keyof GraphNames
  ? GraphNames[Name] extends infer Entity extends string
    ? // oxlint-disable-next-line typescript/no-redundant-type-constituents -- never only as long as nothing is declared
      OwnFieldOf<Entity> | EdgeFieldOf<Entity> | (string & {})
    : never
  : string;

type OwnFieldOf<Entity> = "*" | (keyof Columns<Entity> & string);
type EdgeFieldOf<Entity extends string> = {
  [Name in FieldsOf<Entity>]: EdgeAt<Entity, Name> extends { to: infer To } ? `${Name}.${OwnFieldOf<To>}` : `${Name}.*` | Name;
}[FieldsOf<Entity>];

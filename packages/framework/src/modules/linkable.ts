import { specOf } from "@velella/data";
import type { AnyEntity, CamelCase, KeyName, PascalCase, SchemaOf, SnakeCase } from "@velella/data";

/** The plain data of a {@link LinkableEntry}: what it is as JSON. */
export interface LinkableData<
  Service extends string = string,
  Model extends string = string,
  Key extends string = string,
  Field extends string = string,
> {
  /** Key of the module that has the model. */
  readonly serviceName: Service;
  /** camelCase name of the model, or the name of its key in the per-key form. */
  readonly field: Field;
  /** PascalCase name of the model. */
  readonly entity: PascalCase<Model>;
  /** Name by which links store the key: `<snake_model>_<primary key>`. */
  readonly linkable: string extends Model ? string : `${SnakeCase<Model>}_${Key}`;
  /** Column of the model that the link refers to. */
  readonly primaryKey: Key;
}

/**
 * What `defineLink` takes for one model: `ReviewModule.linkable.review`. Beside its own data it has, for each column of
 * the primary key, the form with that key stated, for links that override it:
 * `{ ...linkable.review.id, primaryKey: "product_id" }`.
 *
 * @typeParam Model Name of the model as it was given.
 * @typeParam Key Names of its primary key columns.
 */
export type LinkableEntry<Service extends string = string, Model extends string = string, Key extends string = string> = LinkableData<
  Service,
  Model,
  Key,
  CamelCase<Model>
> & { toJSON(): LinkableData<Service, Model, Key, CamelCase<Model>> } & {
  readonly [Column in Key as string extends Column ? never : Column]: LinkableData<Service, Model, Column, Column>;
};

/** The `linkable` of a module: an entry per model, by camelCase name. */
export type Linkable<Service extends string, Models extends Record<string, AnyEntity>> = {
  readonly [Name in keyof Models as CamelCase<Models[Name]["__name"]>]: LinkableEntry<
    Service,
    Models[Name]["__name"],
    KeyName<SchemaOf<Models[Name]>>
  >;
};

/**
 * Makes the `linkable` of a module from its models. Entries also carry one form per primary key column under the
 * column's name, which is `id` for nearly all models.
 *
 * @param models Models by PascalCase name, as given to `ModuleService`.
 */
export function buildLinkable<Service extends string, Models extends Record<string, AnyEntity>>(
  serviceName: Service,
  models: Models,
): Linkable<Service, Models> {
  const linkable: Record<string, LinkableEntry<Service>> = {};
  for (const entity of Object.values(models)) {
    const { camelName, name, snakeName, primaryKey } = specOf(entity);
    const byKey = new Map(
      primaryKey.map((key) => [
        key,
        Object.freeze({ serviceName, field: key, entity: name, linkable: `${snakeName}_${key}`, primaryKey: key }),
      ]),
    );
    const [first] = byKey.values();
    // A spec has at least one primary key column; without one the model was refused when it was defined.
    if (!first) continue;
    const data = { ...first, field: camelName };
    linkable[camelName] = Object.freeze({ ...data, ...Object.fromEntries(byKey), toJSON: () => data }) as unknown as LinkableEntry<Service>;
  }
  return Object.freeze(linkable) as Linkable<Service, Models>;
}

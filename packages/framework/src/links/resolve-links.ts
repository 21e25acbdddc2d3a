import { pluralize, toPascalCase, toSnakeCase } from "@velella/data";
import type { ModelSpec } from "@velella/data";
import { suggestion } from "@velella/kernel";
import { isVirtual } from "./define-link";
import type { LinkDefinitionInput, LinkOptions, LinkSideOptions } from "./define-link";
import { linkErrors } from "./errors";
import { keyTypeOf, linkColumns } from "./link-columns";
import { linkModel } from "./link-model";
import type { LinkSide, LinkSpec, ReadOnlyLinkSpec, TableLinkSpec } from "./link-spec";
import { identifier } from "./naming";

/** What links need to know of a module. */
export interface LinkableModule {
  readonly key: string;
  readonly models: readonly ModelSpec[];
}

/**
 * Turns definitions into specs against the modules that are loaded, and fills in the names that `defineLink`
 * returned. The same link defined twice (a file loaded again under another name) counts once.
 *
 * @throws `link.unknown_module`, `link.unknown_model`, `link.unknown_column`, `link.key_kind`, `link.same_table`,
 *   `link.same_pair`.
 */
export function resolveLinks(definitions: readonly LinkDefinitionInput[], modules: readonly LinkableModule[]): LinkSpec[] {
  const byKey = new Map(modules.map((module) => [module.key, module]));
  const links: LinkSpec[] = [];
  const tables = new Map<string, TableLinkSpec>();
  const pairs = new Map<string, TableLinkSpec>();
  for (const definition of definitions) {
    if (definition.options.optional && !isLoaded(definition, byKey)) continue;
    if (definition.options.readOnly) {
      links.push(readOnlyLink(definition, byKey));
      continue;
    }
    const link = tableLink(definition, byKey);
    const other = tables.get(link.table);
    if (other) throw linkErrors.sameTable(other.file, link.file, link.table);
    tables.set(link.table, link);
    const keys = link.sides.map((side) => `${side.module}.${side.key}`).join(" with ");
    const same = pairs.get(keys);
    if (same) throw linkErrors.samePair(same.file, link.file, `"${same.table}" and "${link.table}"`, keys);
    pairs.set(keys, link);
    links.push(link);
    definition.bind(link);
  }
  return links;
}

type Modules = ReadonlyMap<string, LinkableModule>;

const isLoaded = ({ left, right }: LinkDefinitionInput, modules: Modules) =>
  modules.has(left.linkable.serviceName) && modules.has(right.linkable.serviceName);

function tableLink(definition: LinkDefinitionInput, modules: Modules): TableLinkSpec {
  const { file, options } = definition;
  const sides = [
    linkSide(withKey(definition.left, options), file, modules),
    linkSide(withKey(definition.right, options), file, modules),
  ] as const;
  const [a, b] = sides;
  if (a.key === b.key) throw linkErrors.sameKey(file, a.key);
  const name = toPascalCase(a.module) + a.model + toPascalCase(b.module) + b.model;
  const entryPoint = options.entryPoint ?? `${toSnakeCase(a.model)}_${toSnakeCase(b.model)}`;
  const table = identifier(
    options.database?.table ?? `${toSnakeCase(a.module)}_${toSnakeCase(a.model)}_${toSnakeCase(b.module)}_${toSnakeCase(b.model)}`,
  );
  const idPrefix = options.database?.idPrefix ?? "link";
  const columns = linkColumns(file, options.database?.extraColumns, [a.key, b.key]);
  return Object.freeze({
    kind: "table",
    file,
    serviceName: `${name}Link`,
    entity: `Link${name}`,
    entryPoint,
    aliases: Object.freeze([...new Set([entryPoint, pluralize(entryPoint)])]),
    table,
    idPrefix,
    columns: Object.freeze(columns),
    sides: Object.freeze(sides),
    model: linkModel(`Link${name}`, table, idPrefix, sides, columns),
  });
}

/** A side with the primary key that the options of the link give it. */
const withKey = (side: LinkSideOptions, { pk }: LinkOptions): LinkSideOptions => {
  const primaryKey = side.primaryKey ?? pk?.[side.linkable.serviceName];
  return primaryKey === undefined ? side : { ...side, primaryKey };
};

function linkSide(options: LinkSideOptions, file: string, modules: Modules): LinkSide {
  const model = modelOf(options, file, modules);
  const isList = options.isList ?? false;
  const many = options.many ?? isList;
  const alias = options.alias ?? model.snakeName;
  const primaryKey = options.primaryKey ?? (isVirtual(options.linkable) ? undefined : options.linkable.primaryKey) ?? model.primaryKey[0]!;
  requireColumn(model, primaryKey, file);
  for (const column of options.filterable ?? []) if (!model.relationByName.has(column)) requireColumn(model, column, file);
  const keyType = keyTypeOf(model.propertyByName.get(primaryKey)!);
  if (!keyType) throw linkErrors.keyKind(file, model.name, primaryKey, model.propertyByName.get(primaryKey)!.kind);
  return Object.freeze({
    module: options.linkable.serviceName,
    model: model.name,
    table: model.table,
    key: options.key ?? `${model.snakeName}_${primaryKey}`,
    primaryKey,
    keyType,
    alias,
    isList,
    deleteCascade: options.deleteCascade ?? false,
    filterable: Object.freeze([...(options.filterable ?? [])]),
    field: options.as === null ? undefined : (options.as ?? (many ? pluralize(alias) : alias)),
    many,
    linkField: options.linkAs ?? `${alias}_link`,
    linkMany: options.linkMany ?? isList,
    forwards: Object.freeze(
      Object.entries(options.forwards ?? {}).map(([name, { path, many: list = false }]) =>
        Object.freeze({ name, path: Object.freeze(path.split(".")), many: list }),
      ),
    ),
  });
}

function readOnlyLink({ file, left, right, options }: LinkDefinitionInput, modules: Modules): ReadOnlyLinkSpec {
  // The side that holds the key reads the other one.
  const [holder, other] = left.field ? [left, withKey(right, options)] : [right, withKey(left, options)];
  const model = modelOf(holder, file, modules);
  const field = holder.field!;
  requireColumn(model, field, file);
  const from = { module: holder.linkable.serviceName, model: model.name, field };
  const { linkable } = other;
  if (isVirtual(linkable)) {
    moduleOf(linkable.serviceName, file, modules);
    const to = { module: linkable.serviceName, model: undefined, primaryKey: other.primaryKey ?? linkable.primaryKey };
    return Object.freeze({ kind: "readOnly", file, from, to, name: other.alias ?? linkable.alias, many: manyOf(holder, other) });
  }
  const target = modelOf(other, file, modules);
  const primaryKey = other.primaryKey ?? linkable.primaryKey;
  requireColumn(target, primaryKey, file);
  // Only a key that is unique promises one record at most; any other column may hold the same value many times.
  const isUnique = target.primaryKey.length === 1 && target.primaryKey[0] === primaryKey;
  const many = isUnique ? Boolean(holder.isList || other.isList) : manyOf(holder, other);
  const to = { module: linkable.serviceName, model: target.name, primaryKey };
  return Object.freeze({ kind: "readOnly", file, from, to, name: other.as ?? other.alias ?? target.snakeName, many });
}

const manyOf = (left: LinkSideOptions, right: LinkSideOptions) => (left.isList || right.isList ? true : "auto");

function moduleOf(key: string, file: string, modules: Modules): LinkableModule {
  const module = modules.get(key);
  if (!module) throw linkErrors.unknownModule(file, key, suggestion(key, modules.keys()));
  return module;
}

function modelOf({ linkable }: LinkSideOptions, file: string, modules: Modules): ModelSpec {
  const module = moduleOf(linkable.serviceName, file, modules);
  const name = isVirtual(linkable) ? toPascalCase(linkable.alias) : linkable.entity;
  const model = module.models.find((candidate) => candidate.name === name);
  if (!model) {
    const names = module.models.map((candidate) => candidate.name);
    throw linkErrors.unknownModel(file, name, module.key, suggestion(name, names));
  }
  return model;
}

function requireColumn(model: ModelSpec, column: string, file: string): void {
  if (!model.propertyByName.has(column))
    throw linkErrors.unknownColumn(file, model.name, column, suggestion(column, model.propertyByName.keys()));
}

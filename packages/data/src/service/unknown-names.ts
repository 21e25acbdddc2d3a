import { suggestion } from "@velella/kernel";
import { dataErrors } from "../errors";
import { defaultEdges } from "../plan/edges";
import type { ModelSpec, RelationSpec } from "../spec/model-spec";
import { touchableKeys } from "../write/delete";
import { besideForeignKey, besideKey, besideSelector } from "./ignored-values";
import type { IgnoredValues } from "./ignored-values";

/**
 * What services do about names and values that they ignore: fields in `select`, properties in the data of a create or update,
 * keys in `returnLinkableKeys`.
 */
export interface UnknownNamesOptions {
  /** What would be ignored is an error. Default: false. */
  readonly strict?: boolean;
  /** Takes a line for each of them, once each. */
  readonly warn?: (line: string) => void;
}

interface UnknownName {
  readonly spec: ModelSpec;
  readonly name: string;
}

/** Looks for the names and values that the services of an app would ignore. */
export class UnknownNames {
  private readonly warned = new Set<string>();

  constructor(private readonly options: UnknownNamesOptions) {}

  /** @throws AppError `data.unknown_names` where the options are strict. */
  checkSelect(spec: ModelSpec, select: readonly string[]): void {
    this.report(
      "select",
      select.flatMap((path) => unknownField(spec, path) ?? []),
    );
  }

  /** @throws AppError `data.unknown_names` or `data.ignored_values` where the options are strict. */
  checkData(spec: ModelSpec, operation: "create" | "update", data: unknown): void {
    const found: Found = { unknown: [], ignored: [] };
    collect(spec, data, found, new Set());
    this.report(operation, found.unknown);
    this.reportIgnored(operation, found.ignored);
  }

  /** @throws AppError `data.ignored_values` where the options are strict. */
  checkSelectorData(spec: ModelSpec, data: unknown): void {
    this.reportIgnored(
      "update",
      [besideSelector(spec, data)].filter((item) => item !== undefined),
    );
  }

  /** @throws AppError `data.unknown_names` where the options are strict. */
  checkLinkableKeys(spec: ModelSpec, wanted: readonly string[]): void {
    const known = touchableKeys(spec);
    const unknown = wanted.filter((name) => !known.has(name)).map((name) => ({ spec, name }));
    this.report("returnLinkableKeys", unknown, [...known]);
  }

  private report(operation: string, unknown: readonly UnknownName[], known?: readonly string[]): void {
    if (unknown.length === 0) return;
    const hint = ({ spec, name }: UnknownName) => suggestion(name, known ?? namesOf(spec));
    if (this.options.strict) {
      const names = unknown.map(({ spec, name }) => `${spec.name}.${name}`);
      throw dataErrors.unknownNames(operation, names, unknown.map(hint));
    }
    for (const one of unknown) this.warn(`The ${operation} ignores "${one.name}", which ${one.spec.name} does not have. ${hint(one)}`);
  }

  private reportIgnored(operation: string, ignored: readonly IgnoredValues[]): void {
    if (ignored.length === 0) return;
    const text = ({ spec, names, because }: IgnoredValues) => `${names.map((name) => `"${name}"`).join(", ")} of ${spec.name}: ${because}`;
    if (this.options.strict) throw dataErrors.ignoredValues(operation, ignored.map(text));
    for (const one of ignored) this.warn(`The ${operation} ignores ${text(one)}.`);
  }

  private warn(line: string): void {
    if (this.warned.has(line)) return;
    this.warned.add(line);
    this.options.warn?.(line);
  }
}

function unknownField(spec: ModelSpec, path: string): UnknownName | undefined {
  let current = spec;
  const names = path.split(".");
  for (const [index, name] of names.entries()) {
    const edge = defaultEdges(current, name);
    if (edge) current = edge.target;
    else if (index < names.length - 1 || !(name === "*" || isKnown(current, name))) return { spec: current, name };
  }
  return undefined;
}

interface Found {
  readonly unknown: UnknownName[];
  readonly ignored: IgnoredValues[];
}

function collect(spec: ModelSpec, data: unknown, found: Found, seen: Set<object>): void {
  if (Array.isArray(data)) {
    for (const item of data) collect(spec, item, found, seen);
    return;
  }
  // Keys of existing rows, and what contains itself, are for others to judge.
  if (typeof data !== "object" || data === null || seen.has(data)) return;
  seen.add(data);
  for (const [name, value] of Object.entries(data)) {
    const relation = spec.relationByName.get(name);
    if (relation) collectRelated(spec, relation, data as Record<string, unknown>, found, seen);
    else if (value !== undefined && !isKnown(spec, name)) found.unknown.push({ spec, name });
  }
}

function collectRelated(spec: ModelSpec, relation: RelationSpec, data: Record<string, unknown>, found: Found, seen: Set<object>): void {
  const overruled = besideForeignKey(spec, relation, data);
  if (overruled) return void found.ignored.push(overruled);
  const value = data[relation.name];
  for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
    const beside = besideKey(relation, item);
    if (beside) found.ignored.push(beside);
    else collect(relation.target(), item, found, seen);
  }
}

/** Columns, the digits beside an exact number, and relations: what a row that was read may be handed back with. */
function isKnown(spec: ModelSpec, name: string): boolean {
  return spec.propertyByName.has(name) || spec.relationByName.has(name) || spec.properties.some((property) => property.rawColumn === name);
}

const namesOf = (spec: ModelSpec): string[] => [...spec.propertyByName.keys(), ...spec.relationByName.keys()];

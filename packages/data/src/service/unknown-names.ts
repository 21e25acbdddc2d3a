import { suggestion } from "@velella/kernel";
import { dataErrors } from "../errors";
import { defaultEdges } from "../plan/edges";
import type { ModelSpec } from "../spec/model-spec";

/** What services do about names that they ignore: fields in `select`, properties in the data of a create or update. */
export interface UnknownNamesOptions {
  /** An unknown name is an error. Default: false. */
  readonly strict?: boolean;
  /** Takes a line per unknown name, once each. */
  readonly warn?: (line: string) => void;
}

interface UnknownName {
  readonly spec: ModelSpec;
  readonly name: string;
}

/** Looks for the names that the services of an app would ignore. */
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

  /** @throws AppError `data.unknown_names` where the options are strict. */
  checkData(spec: ModelSpec, operation: "create" | "update", data: unknown): void {
    const found: UnknownName[] = [];
    collect(spec, data, found, new Set());
    this.report(operation, found);
  }

  private report(operation: string, unknown: readonly UnknownName[]): void {
    const [first] = unknown;
    if (!first) return;
    const hint = ({ spec, name }: UnknownName) => suggestion(name, namesOf(spec));
    if (this.options.strict) {
      const names = unknown.map(({ spec, name }) => `${spec.name}.${name}`);
      throw dataErrors.unknownNames(operation, names, unknown.map(hint));
    }
    for (const one of unknown) {
      const line = `The ${operation} ignores "${one.name}", which ${one.spec.name} does not have. ${hint(one)}`;
      if (this.warned.has(line)) continue;
      this.warned.add(line);
      this.options.warn?.(line);
    }
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

function collect(spec: ModelSpec, data: unknown, found: UnknownName[], seen: Set<object>): void {
  if (Array.isArray(data)) {
    for (const item of data) collect(spec, item, found, seen);
    return;
  }
  // Keys of existing rows, and what contains itself, are for others to judge.
  if (typeof data !== "object" || data === null || seen.has(data)) return;
  seen.add(data);
  for (const [name, value] of Object.entries(data)) {
    const relation = spec.relationByName.get(name);
    if (relation) collect(relation.target(), value, found, seen);
    else if (value !== undefined && !isKnown(spec, name)) found.push({ spec, name });
  }
}

/** Columns, the digits beside an exact number, and relations: what a row that was read may be handed back with. */
function isKnown(spec: ModelSpec, name: string): boolean {
  return spec.propertyByName.has(name) || spec.relationByName.has(name) || spec.properties.some((property) => property.rawColumn === name);
}

const namesOf = (spec: ModelSpec): string[] => [...spec.propertyByName.keys(), ...spec.relationByName.keys()];

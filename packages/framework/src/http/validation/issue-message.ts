import type { ValidationIssue } from "../errors";
import type { RawIssue } from "./schema";

/**
 * Says what is wrong in the contract's wording.
 *
 * @param issues As zod 3 or zod 4 reports them.
 * @param data What was validated: messages quote the value that came.
 */
export function describeIssues(issues: readonly RawIssue[], data: unknown): ValidationIssue[] {
  return issues.map((issue) => ({ path: keysOf(issue.path), message: messageOf(issue, data) }));
}

function messageOf(issue: RawIssue, data: unknown): string {
  const field = keysOf(issue.path).join(", ");
  const value = valueAt(data, issue.path);
  switch (issue.code) {
    case "invalid_type":
      return value === undefined ? `Field '${field}' is required` : wrongType(String(issue.expected), field, value);
    case "invalid_date":
      return wrongType("date", field, value);
    case "invalid_value":
    case "invalid_enum_value":
    case "invalid_literal":
      return value === undefined
        ? `Field '${field}' is required`
        : `Expected: '${choicesOf(issue)}' for field '${field}', but got: '${shown(value)}'`;
    case "unrecognized_keys":
      return `Unrecognized fields: '${(issue.keys as string[]).join(", ")}'`;
    case "too_small":
      return `Value for field '${field}' too small, expected at least: '${String(issue.minimum)}'`;
    case "too_big":
      return `Value for field '${field}' too big, expected at most: '${String(issue.maximum)}'`;
    case "invalid_union":
      return unionMessage(issue, data);
    default:
      return issue.message;
  }
}

/**
 * One message for a value that fits no member of a union: the place is where a member got furthest,
 * what was expected there is what the last member says.
 */
function unionMessage(issue: RawIssue, data: unknown): string {
  const members = membersOf(issue).filter((member) => member.length > 0);
  const last = members.at(-1)?.[0];
  if (!last) return issue.message;
  const deepest = members.flat().reduce((best, candidate) => (candidate.path.length > best.path.length ? candidate : best));
  const asked = valueAt(data, last.path);
  if (asked === undefined || last.code !== "invalid_type")
    return messageOf({ ...last, path: deepest.path }, asked === undefined ? undefined : data);
  return wrongType(String(last.expected), keysOf(deepest.path).join(", "), valueAt(data, deepest.path));
}

/** The issues of each member, nested unions taken apart, with paths from the root. */
function membersOf(issue: RawIssue): RawIssue[][] {
  const nested = (issue.errors ?? (issue.unionErrors as { issues: RawIssue[] }[] | undefined)?.map((error) => error.issues)) as
    | RawIssue[][]
    | undefined;
  // Zod 4 counts the paths of a union's members from the union, zod 3 from the root.
  const prefix = issue.errors ? issue.path : [];
  return (nested ?? []).map((member) =>
    member
      .map((inner) => ({ ...inner, path: [...prefix, ...inner.path] }))
      .flatMap((inner) => (inner.code === "invalid_union" ? membersOf(inner).flat() : [inner])),
  );
}

function wrongType(expected: string, field: string, value: unknown): string {
  return `Expected type: '${expected}' for field '${field}', got: '${shown(value)}'`;
}

function choicesOf(issue: RawIssue): string {
  const choices = (issue.values ?? issue.options ?? [issue.expected]) as unknown[];
  return choices.map(String).join(", ");
}

/** The value at a path. What lies inside of lists counts as absent: the recorded messages quote nothing from there. */
function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  let value = data;
  for (const key of path) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

function shown(value: unknown): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

function keysOf(path: readonly PropertyKey[]): (string | number)[] {
  return path.map((key) => (typeof key === "number" ? key : String(key)));
}

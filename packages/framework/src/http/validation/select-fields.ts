/** Which fields a request may get, and gets when it does not choose. */
export interface FieldRules {
  /** Fields that are given unless the request chooses; `*rel` is all of a relation. */
  defaults?: readonly string[];
  /** When given: what may be asked for beside the defaults. Other fields are left out without an error. */
  allowed?: readonly string[];
  /** Names that may not occur in a path, unless `allowed` or the defaults contain it. */
  restricted?: readonly string[];
}

/**
 * The fields that a request gets. Plain names replace the defaults; `+name`, `-name` and `*rel` change them.
 * If any name is plain, the whole list replaces them and signs are dropped. `id` is always among the result.
 *
 * @param requested The query parameter `fields`: names, separated by commas.
 * @returns Paths as `query.graph` takes them: `*rel` has become `rel.*`.
 */
export function selectFields(requested: string | undefined, rules: FieldRules): string[] {
  const defaults = (rules.defaults ?? []).map(starLast);
  const selected = choose(requested, defaults);
  const allowed = rules.allowed && new Set([...rules.allowed, ...(rules.defaults ?? [])].map(bare));
  const known = new Set(rules.allowed ? [] : defaults.map(bare));
  const restricted = new Set(rules.restricted);
  const mayHave = (field: string) => {
    const path = bare(field);
    if (allowed) return allowed.has(path);
    return known.has(path) || !path.split(".").some((segment) => restricted.has(segment));
  };
  const result = [...selected].filter(mayHave);
  if (!result.includes("id")) result.push("id");
  return result;
}

function choose(requested: string | undefined, defaults: string[]): Set<string> {
  // A "+" that was not encoded arrives as a space.
  const names = (requested ?? "")
    .split(",")
    .map((name) => name.replace(/^[ +]+/, "+").trim())
    .filter((name) => /[^+\-* ]/.test(name));
  if (names.some((name) => !/^[+\-*]/.test(name))) return new Set(names.map((name) => starLast(name.replace(/^[+-]/, ""))));

  const selected = new Set(defaults);
  for (const name of names) {
    if (!name.startsWith("-")) selected.add(starLast(name.replace(/^\+/, "")));
  }
  for (const name of names) {
    if (!name.startsWith("-")) continue;
    const removed = bare(name.slice(1));
    for (const field of selected) if (bare(field) === removed || field.startsWith(`${removed}.`)) selected.delete(field);
  }
  return selected;
}

/** `*rel` as `rel.*`. */
function starLast(field: string): string {
  return field.startsWith("*") ? `${field.slice(1)}.*` : field;
}

/** The path without its star. */
function bare(field: string): string {
  return field.replace(/^\*/, "").replace(/\.\*$/, "");
}

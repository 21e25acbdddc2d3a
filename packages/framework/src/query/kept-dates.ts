/**
 * Where dates are in rows, by the names of properties, whatever lists they are in. JSON makes them texts; with this they
 * become dates again. It is taken from the rows themselves, since computed fields and services have dates that no model tells.
 */
export interface DatePlaces {
  /** Whether the value itself is a date, in some row at least. */
  date?: true;
  in?: Record<string, DatePlaces>;
}

/** Where dates are in a value; undefined when there is none. */
export function datePlaces(value: unknown): DatePlaces | undefined {
  const places: DatePlaces = {};
  if (isObject(value)) note(value, () => places);
  return places.date || places.in ? places : undefined;
}

/** @param places Gives the places of this value, and makes them: only what has a date is told. */
function note(value: object, places: () => DatePlaces): void {
  // An invalid date is null in JSON.
  if (value instanceof Date) {
    if (!Number.isNaN(value.getTime())) places().date = true;
  } else if (Array.isArray(value)) {
    for (const item of value as unknown[]) if (isObject(item)) note(item, places);
  } else {
    for (const [name, inner] of Object.entries(value)) if (isObject(inner)) note(inner, () => ((places().in ??= named())[name] ??= {}));
  }
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** Without a prototype: a property may be called as something of `Object`. */
const named = (): Record<string, DatePlaces> => Object.create(null) as Record<string, DatePlaces>;

/** A value out of JSON with its dates as dates. Changes the value; a text at the place of a date that is none stays. */
export function withDates(value: unknown, places: DatePlaces): unknown {
  if (Array.isArray(value)) return value.map((item) => withDates(item, places));
  if (typeof value === "string") return places.date && isoDate.test(value) ? new Date(value) : value;
  if (!isObject(value)) return value;
  const record = value as Record<string, unknown>;
  for (const [name, inner] of Object.entries(places.in ?? {})) {
    if (Object.hasOwn(record, name)) record[name] = withDates(record[name], inner);
  }
  return value;
}

const isoDate = /^(?:\d{4}|[+-]\d{6})-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

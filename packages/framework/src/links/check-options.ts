import type { LinkOptions, LinkSideOptions } from "./define-link";
import { linkErrors } from "./errors";

/** Options of a side that speak of the table of a link, or of its rows. */
const ofTables = ["deleteCascade", "key", "linkAs", "linkMany", "forwards"] as const;

/**
 * Refuses options of a link that contradict each other.
 *
 * @throws `link.contradiction`, naming both.
 */
export function requireConsistent(file: string, left: LinkSideOptions, right: LinkSideOptions, options: LinkOptions): void {
  const isTable = !options.readOnly;
  for (const side of [left, right]) {
    if (isTable && side.field !== undefined) throw linkErrors.contradiction(file, "field", "readOnly: false", fieldOfTable(side.field));
    for (const name of ofTables) if (!isTable && side[name]) throw linkErrors.contradiction(file, name, "readOnly", noTable);
  }
  for (const name of ["database", "entryPoint"] as const)
    if (!isTable && options[name] !== undefined) throw linkErrors.contradiction(file, name, "readOnly", noTable);
}

const noTable = "a read-only link has no table, and so neither rows nor names for them";

const fieldOfTable = (field: string) =>
  `the link has a table of its own, and reads no key from "${field}"; with { readOnly: true } it would, and have none`;

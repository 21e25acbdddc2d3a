import { columnValue, dataErrors } from "@velella/data";
import type { PropertySpec } from "@velella/data";
import type { TableLinkSpec } from "./link-spec";

/**
 * The values that a call gives to the extra columns of a link, checked; names that the link does not have are left out.
 *
 * @throws `data.wrong_type`, `data.null_not_allowed`.
 */
export function checkedData(link: TableLinkSpec, data: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const checked: Record<string, unknown> = {};
  for (const { name, nullable } of link.columns) {
    const value = data[name];
    if (value === undefined) continue;
    if (value === null && !nullable) throw dataErrors.nullNotAllowed(link.entity, name);
    const property = link.model.propertyByName.get(name) as PropertySpec;
    // Dates of days and times of day are texts to the model.
    const given = value instanceof Date && property.kind === "text" ? value.toISOString() : value;
    const written = columnValue(link.model, property, given);
    // Rows travel as JSON, in which a document stands as itself.
    checked[name] = property.kind === "json" ? value : written;
  }
  return checked;
}

import { defineErrors } from "@velella/kernel";

/** What the region module refuses. */
export const regionErrors = defineErrors("region", {
  unknownCountries: {
    type: "invalid_data",
    message: (codes: readonly string[]) => `Countries with codes: "${codes.join(", ")}" do not exist`,
    hint: () => "Countries are named by the two letters of ISO 3166-1, such as de.",
  },
  countriesTaken: {
    type: "invalid_data",
    message: (codes: readonly string[]) => `Countries with codes: "${codes.join(", ")}" are already assigned to a region`,
    hint: () => "Remove them from the other region first.",
  },
  duplicateCountries: {
    type: "invalid_data",
    message: (codes: readonly string[]) => `Countries with codes: "${codes.join(", ")}" are already assigned to a region`,
    hint: () => "Name each country once.",
  },
});

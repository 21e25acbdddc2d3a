import { createStep, StepResponse } from "@velella/workflows";
import type { PricePreferenceRecord } from "../../modules/pricing/types";
import type { PricePreferenceInput } from "./price-preferences";

interface Undo {
  created: string[];
  before: PricePreferenceRecord[];
}

/** Sets price preferences by attribute and value: existing ones are changed, others created. */
export const upsertPricePreferencesStep = createStep(
  { name: "update-price-preferences-as-array", transactional: "shared" },
  async (preferences: PricePreferenceInput[], { container, context }) => {
    if (!preferences.length) return new StepResponse<PricePreferenceRecord[], Undo>([], { created: [], before: [] });
    const pricing = container.resolve("pricing");
    const filters = { $or: preferences.map(({ attribute, value }) => ({ attribute, value })) };
    const before = (await pricing.listPricePreferences(filters, {}, context)) as PricePreferenceRecord[];
    const known = new Map(before.map((preference) => [`${preference.attribute}:${preference.value}`, preference.id]));
    const rows = (await pricing.upsertPricePreferences(
      preferences.map((preference) => {
        const id = known.get(`${preference.attribute}:${preference.value}`);
        return id ? { ...preference, id } : preference;
      }),
      context,
    )) as PricePreferenceRecord[];
    const existing = new Set(before.map(({ id }) => id));
    return new StepResponse(rows, { created: rows.map(({ id }) => id).filter((id) => !existing.has(id)), before });
  },
  async (undo, { container, context }) => {
    const pricing = container.resolve("pricing");
    if (undo?.created.length) await pricing.deletePricePreferences(undo.created, context);
    if (undo?.before.length) await pricing.upsertPricePreferences(undo.before, context);
  },
);

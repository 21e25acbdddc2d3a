import type { CreatePriceSetInput, PriceSetRecord } from "../../modules/pricing/types";
import { createRecordsStep } from "../records/record-steps";

/** Creates sets of prices. */
export const createPriceSetsStep = createRecordsStep<CreatePriceSetInput, PriceSetRecord>("create-price-sets", "pricing", "PriceSets");

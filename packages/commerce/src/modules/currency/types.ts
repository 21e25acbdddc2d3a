import type { InferRecordOf } from "@velella/data";
import type { Currency } from "./models";

/** A currency as services hand it on. */
export interface CurrencyRecord extends InferRecordOf<typeof Currency> {}

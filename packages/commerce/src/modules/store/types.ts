import type { InferRecordOf } from "@velella/data";
import type { Store, StoreCurrency, StoreLocale } from "./models";

// Records are rows as services and flows hand them on: what the models say, and nothing besides.

export interface StoreRecord extends InferRecordOf<typeof Store> {}
export interface StoreCurrencyRecord extends InferRecordOf<typeof StoreCurrency> {}
export interface StoreLocaleRecord extends InferRecordOf<typeof StoreLocale> {}

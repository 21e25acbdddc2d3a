import type { InferRecordOf } from "@velella/data";
import type { Country, Region } from "./models";

// Records are rows as services and flows hand them on: what the models say, and nothing besides.

export interface RegionRecord extends InferRecordOf<typeof Region> {}
export interface CountryRecord extends InferRecordOf<typeof Country> {}

import type { InferRecordOf } from "@velella/data";
import type { Customer, CustomerAddress, CustomerGroup } from "./models";

// Records are rows as services and flows hand them on: what the models say, and nothing besides.

export interface CustomerRecord extends InferRecordOf<typeof Customer> {}
export interface CustomerAddressRecord extends InferRecordOf<typeof CustomerAddress> {}
export interface CustomerGroupRecord extends InferRecordOf<typeof CustomerGroup> {}

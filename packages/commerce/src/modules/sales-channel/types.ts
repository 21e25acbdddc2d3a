import type { InferRecordOf } from "@velella/data";
import type { SalesChannel } from "./models";

/** A sales channel as services and flows hand it on. */
export interface SalesChannelRecord extends InferRecordOf<typeof SalesChannel> {}

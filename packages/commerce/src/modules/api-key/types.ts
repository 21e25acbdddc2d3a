import type { InferRecordOf } from "@velella/data";
import type { ApiKey } from "./models";

/** A key as services and flows hand it on, without what only its check needs; its token is in clear at creation, and for publishable keys, and empty otherwise. */
export interface ApiKeyRecord extends Omit<InferRecordOf<typeof ApiKey>, "salt"> {}

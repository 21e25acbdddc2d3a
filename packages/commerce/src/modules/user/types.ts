import type { InferRecordOf } from "@velella/data";
import type { Invite, User } from "./models";

// Records are rows as services and flows hand them on: what the models say, and nothing besides.

export interface UserRecord extends InferRecordOf<typeof User> {}
export interface InviteRecord extends InferRecordOf<typeof Invite> {}

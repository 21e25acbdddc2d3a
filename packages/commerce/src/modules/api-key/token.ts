import { createHash, randomBytes } from "node:crypto";

/**
 * `publishable`: names the sales channels of a storefront, and may be seen by all (`pk_…`). `secret`: acts as an admin, and
 * is stored as a hash (`sk_…`).
 */
export type ApiKeyType = "publishable" | "secret";

/** A new key: what its owner gets, and what of it is stored. */
export interface NewToken {
  /** Shown once, at creation. */
  clear: string;
  /** For the list: its first six and last three characters. */
  redacted: string;
  /** The key itself where it is public, its hash where it is secret. */
  stored: string;
  salt: string;
}

/** Makes a key with 256 random bits. */
export function createToken(type: ApiKeyType): NewToken {
  const clear = `${type === "secret" ? "sk" : "pk"}_${randomBytes(32).toString("hex")}`;
  const redacted = `${clear.slice(0, 6)}***${clear.slice(-3)}`;
  return { clear, redacted, stored: type === "secret" ? hashToken(clear) : clear, salt: "" };
}

/**
 * The hash under which a secret key is found. A key has 256 random bits, so that nobody can try them all: a fast hash
 * without a salt serves, and lets an index find it.
 */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

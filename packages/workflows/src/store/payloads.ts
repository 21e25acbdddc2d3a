import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { deflateSync, inflateSync } from "node:zlib";
import type { Logger } from "@velella/kernel";
import { withoutParts, withParts, hidden } from "../plan/secret-parts";
import type { Part } from "../plan/secret-parts";
import type { Path } from "../plan/secret-paths";
import { storeErrors } from "./errors";

/** How {@link Payloads} pack values. */
export interface PayloadOptions {
  /** What secret parts are encrypted with. Of several the first encrypts, and all decrypt. */
  secret?: string | readonly string[] | undefined;
  /** Bytes of JSON that one value may have. */
  maxBytes: number;
  logger: Logger;
}

/** What stands in the place of a value that is more than plain JSON. */
type Wrapped =
  | { as: "packed"; data: string }
  | { as: "sealed"; visible: unknown; data: string }
  // A value that looks like one of these.
  | { as: "plain"; value: unknown };

const marker = "$velella";
/** Bytes of JSON from which on a value is compressed. */
const compressFrom = 16_384;
/** Bytes of JSON from which on a value is warned about. */
const warnFrom = 1_048_576;
// Which algorithm, so that another one can follow.
const algorithm = "aes-256-gcm";

/** Turns the values of runs into texts for the journal, and back: large ones compressed, secret parts encrypted. */
export class Payloads {
  private readonly keys: Buffer[];

  constructor(private readonly options: PayloadOptions) {
    const { secret = [] } = options;
    const secrets = typeof secret === "string" ? [secret] : secret;
    this.keys = secrets.map((one) => Buffer.from(hkdfSync("sha256", one, "", "velella.workflows.journal", 32)));
  }

  get canSeal(): boolean {
    return this.keys.length > 0;
  }

  /**
   * @param what Names the value in warnings and errors.
   * @param paths Its secret parts.
   * @throws `journal.payload_too_large`
   */
  pack(value: unknown, what: string, paths?: readonly Path[], maxBytes = this.options.maxBytes): string | null {
    if (value === undefined) return null;
    const sealed = paths?.length ? this.seal(value, paths) : undefined;
    const text = sealed ? wrap(sealed) : JSON.stringify(value);
    if (text === undefined) return null;
    // A character has three bytes at most, four where it counts as two.
    const bound = Math.min(warnFrom, maxBytes);
    if (text.length * 3 > bound) this.complain(Buffer.byteLength(text), what, maxBytes);
    const safe = !sealed && looksWrapped(value) ? wrap({ as: "plain", value }) : text;
    return safe.length < compressFrom ? safe : wrap({ as: "packed", data: deflateSync(safe, { level: 1 }).toString("base64") });
  }

  /** The value of a text. @throws `journal.cannot_unseal` when a part of it was encrypted with another key. */
  unpack(text: string | null): unknown {
    return text === null ? undefined : this.open(JSON.parse(text));
  }

  /** {@link unpack} of a text that was parsed as a part of another one. */
  open(value: unknown): unknown {
    return read(value, ({ visible, data }) => withParts(visible, this.decrypt(data)));
  }

  /** Refuses a value that is too large, and warns of one that soon may be; says nothing of others. */
  private complain(bytes: number, what: string, maxBytes: number): void {
    if (bytes > maxBytes) throw storeErrors.payloadTooLarge(what, bytes, maxBytes);
    if (bytes <= warnFrom) return;
    this.options.logger.warn(
      `${what} has ${megabytes(bytes)} of JSON, which the journal has to keep; pass the id of what it stands for instead.`,
    );
  }

  private seal(value: unknown, paths: readonly Path[]): Wrapped | undefined {
    const { visible, parts } = withoutParts(value, paths);
    return parts.length ? { as: "sealed", visible, data: this.encrypt(parts) } : undefined;
  }

  private encrypt(parts: Part[]): string {
    const [key] = this.keys;
    if (!key) throw storeErrors.noKey();
    const iv = randomBytes(12);
    const cipher = createCipheriv(algorithm, key, iv);
    const sealed = Buffer.concat([cipher.update(JSON.stringify(parts), "utf8"), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64");
  }

  private decrypt(data: string): Part[] {
    const bytes = Buffer.from(data, "base64");
    for (const key of this.keys) {
      const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, 12)).setAuthTag(bytes.subarray(12, 28));
      const opened = decipher.update(bytes.subarray(28));
      let end: Buffer;
      try {
        end = decipher.final();
      } catch {
        continue; // Encrypted with another of the keys.
      }
      return JSON.parse(Buffer.concat([opened, end]).toString("utf8")) as Part[];
    }
    throw storeErrors.cannotUnseal(this.keys.length);
  }
}

/** The value of a text as it may be shown: with `[secret]` in the place of encrypted parts. Needs no key. */
export function visiblePayload(text: string | null): unknown {
  return text === null ? undefined : visibleValue(JSON.parse(text));
}

/** {@link visiblePayload} of a text that was parsed as a part of another one. */
export function visibleValue(value: unknown): unknown {
  return read(value, ({ visible }) => visible);
}

const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MB`;

const wrap = (wrapped: Wrapped): string => JSON.stringify({ [marker]: wrapped });

const looksWrapped = (value: unknown): boolean => typeof value === "object" && value !== null && Object.hasOwn(value, marker);

function read(value: unknown, open: (sealed: { visible: unknown; data: string }) => unknown): unknown {
  if (!looksWrapped(value)) return value;
  const wrapped = (value as Record<string, Wrapped>)[marker];
  switch (wrapped?.as) {
    case "packed":
      return read(JSON.parse(inflateSync(Buffer.from(wrapped.data, "base64")).toString("utf8")), open);
    case "sealed":
      return open(wrapped);
    case "plain":
      return wrapped.value;
    default:
      // Written by a later version, in a way that this one does not know.
      return hidden;
  }
}

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Where a file's compiled code lies in the pack, and of which source it was made. */
type Entry = [sourceHash: string, offset: number, length: number];

interface Header {
  version: string;
  entries: Record<string, Entry>;
}

/**
 * Compiled code of many files in one file on disk, so that a warm start reads once instead of compiling.
 * The pack is a line of JSON (which file lies where) and then the code, one after another.
 */
export class CompileCache {
  private pack: Buffer | undefined;
  private entries: Record<string, Entry> = {};
  private readonly fresh = new Map<string, { hash: string; code: string }>();

  /**
   * @param file The pack; it need not exist, nor its folder.
   * @param version Packs of another version are not used.
   */
  constructor(
    private readonly file: string,
    private readonly version: string,
  ) {}

  /** The compiled code of a source, made by `compile` unless it is known. */
  get(file: string, source: string, compile: () => string): string {
    this.pack ??= this.open();
    const hash = createHash("sha1").update(source).digest("base64");
    const fresh = this.fresh.get(file);
    if (fresh?.hash === hash) return fresh.code;
    const entry = this.entries[file];
    if (entry?.[0] === hash) return this.pack.toString("utf8", entry[1], entry[1] + entry[2]);
    const code = compile();
    this.fresh.set(file, { hash, code });
    return code;
  }

  /** Writes the pack when something was compiled since it was read. Another process may read it meanwhile. */
  save(): void {
    if (this.fresh.size === 0 || !this.pack) return;
    const parts: Buffer[] = [];
    const entries: Record<string, Entry> = {};
    let offset = 0;
    const append = (file: string, hash: string, code: Buffer) => {
      entries[file] = [hash, offset, code.length];
      offset += code.length;
      parts.push(code);
    };
    for (const [file, [hash, start, length]] of Object.entries(this.entries)) {
      if (!this.fresh.has(file)) append(file, hash, this.pack.subarray(start, start + length));
    }
    for (const [file, { hash, code }] of this.fresh) append(file, hash, Buffer.from(code));

    const header = Buffer.from(`${JSON.stringify({ version: this.version, entries } satisfies Header)}\n`);
    const written = `${this.file}.${process.pid}`;
    try {
      mkdirSync(dirname(this.file), { recursive: true });
      writeFileSync(written, Buffer.concat([header, ...parts]));
      renameSync(written, this.file);
    } catch {
      return; // A folder that cannot be written to costs compiling again, nothing else.
    }
    this.pack = Buffer.concat(parts);
    this.entries = entries;
    this.fresh.clear();
  }

  private open(): Buffer {
    try {
      const bytes = readFileSync(this.file);
      const end = bytes.indexOf(10);
      const header = JSON.parse(bytes.toString("utf8", 0, end)) as Header;
      if (header.version !== this.version) return Buffer.alloc(0);
      this.entries = header.entries;
      return bytes.subarray(end + 1);
    } catch {
      return Buffer.alloc(0); // Absent or damaged: everything is compiled and the pack written anew.
    }
  }
}

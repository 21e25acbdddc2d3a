import { pluralize } from "@velella/data";
import type { SharedContext, SqlExecutor } from "@velella/kernel";
import { linkErrors } from "./errors";
import { idsOf } from "./link-definition";
import type { LinkIndex, RecordKey } from "./link-definition";
import { removeRowsOf, restoreRowsOf, withoutRows } from "./link-rows";
import type { LinkSide } from "./link-spec";

/** Which records were deleted or restored through links, by module and key. */
export type CascadedRecords = Record<string, Record<string, string[]>>;

type KeyMap = Record<string, string[]> | void;
type CascadeMethod = (ids: string[], config: object, context: SharedContext) => Promise<KeyMap>;

/** One walk from deleted (or restored) records over their links to the records that follow them. */
export class Cascade {
  private readonly done: CascadedRecords = {};
  private readonly seen = new Set<string>();

  constructor(
    private readonly index: LinkIndex,
    private readonly service: (module: string) => object,
    private readonly method: "delete" | "restore",
    private readonly executor: SqlExecutor,
    private readonly context: SharedContext,
  ) {}

  async run(start: readonly RecordKey[]): Promise<CascadedRecords> {
    let wave: RecordKey[] = [...start];
    while (wave.length) {
      const next: RecordKey[] = [];
      for (const record of wave) next.push(...(await this.follow(record)));
      wave = next;
    }
    return this.done;
  }

  /** Removes (or restores) the links of records and the records that go with them; returns what that reached. */
  private async follow(record: RecordKey): Promise<RecordKey[]> {
    const ids = idsOf(record, this.method).filter((id) => this.isNew(`${record.module}.${record.key}:${id}`));
    if (!ids.length) return [];
    const reached: RecordKey[] = [];
    const changeRows = this.method === "delete" ? removeRowsOf : restoreRowsOf;
    for (const { link, side, other } of this.index.of(record)) {
      const others = await changeRows(this.executor, link, side, other, ids);
      if (!others.length || !other.deleteCascade) continue;
      const following = this.method === "delete" ? await withoutRows(this.executor, link, other, side, others) : others;
      if (following.length) reached.push(...(await this.cascadeTo(other, following)));
    }
    return reached;
  }

  private async cascadeTo(side: LinkSide, ids: string[]): Promise<RecordKey[]> {
    const service = this.service(side.module) as Record<string, CascadeMethod | undefined>;
    const name = `${this.method === "delete" ? "softDelete" : "restore"}${pluralize(side.model)}`;
    if (!service[name]) throw linkErrors.noCascadeMethod(side.module, name, side.model);
    const keys = (await service[name](ids, {}, this.context)) ?? {};
    // The service names its own records and those that its model cascades to; links may hang on any of them.
    const reached: RecordKey[] = [{ module: side.module, key: side.key, value: ids }];
    for (const [key, value] of Object.entries(keys)) if (key !== side.key) reached.push({ module: side.module, key, value });
    const byKey = (this.done[side.module] ??= {});
    for (const { key, value } of reached) byKey[key] = [...new Set([...(byKey[key] ?? []), ...(value as string[])])];
    return reached;
  }

  private isNew(record: string): boolean {
    if (this.seen.has(record)) return false;
    this.seen.add(record);
    return true;
  }
}

import { pluralize } from "@velella/data";
import type { SharedContext, SqlExecutor } from "@velella/kernel";
import { linkErrors } from "./errors";
import { idsOf } from "./link-definition";
import type { LinkIndex, RecordKey } from "./link-definition";
import type { LinkId, LinkSide, TableLinkSpec } from "./link-spec";
import { removeRowsOf, restoreRowsOf, withoutRows } from "./rows-of-records";

/** Which records were deleted or restored through links, by module and key. */
export type CascadedRecords = Record<string, Record<string, LinkId[]>>;

type KeyMap = Record<string, LinkId[]> | void;
type CascadeMethod = (ids: LinkId[], config: object, context: SharedContext) => Promise<KeyMap>;

/** What a cascade works with. */
export interface CascadeOptions {
  /** All links with a table. */
  readonly index: LinkIndex;
  /** The service of a module, by key: it deletes and restores the records that follow. */
  readonly service: (module: string) => object;
  /** Whether rows and records are removed, or what was removed comes back. */
  readonly method: "delete" | "restore";
  /** Runs the statements on link tables. */
  readonly executor: SqlExecutor;
  /** Given to the services, so that they join the same transaction. */
  readonly context: SharedContext;
  /** Restores only what was removed at this time, in place of what was removed last. */
  readonly at?: string;
  /** Is told of the records on one side whose links have changed. */
  readonly changed: (side: LinkSide, ids: readonly LinkId[]) => Promise<void>;
}

/** One walk from deleted (or restored) records over their links to the records that follow them. */
export class Cascade {
  private readonly done: CascadedRecords = {};
  private readonly seen = new Set<string>();
  /** When rows were removed; undefined where there were none. */
  removedAt: string | undefined;

  constructor(private readonly options: CascadeOptions) {}

  /**
   * Follows links from these records on, wave after wave; a record that was reached already is not followed again.
   *
   * @returns The records that were deleted or restored with them.
   */
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
    const { index, method, executor, changed } = this.options;
    const ids = idsOf(record, method, index.keyType(record)).filter((id) => this.isNew(`${record.module}.${record.key}:${id}`));
    if (!ids.length) return [];
    const reached: RecordKey[] = [];
    for (const { link, side, other } of index.of(record)) {
      const others = await this.changeRows(link, side, other, ids);
      if (!others.length) continue;
      await changed(side, ids);
      await changed(other, others);
      if (!other.deleteCascade) continue;
      const following = method === "delete" ? await withoutRows(executor, link, other, side, others) : others;
      if (following.length) reached.push(...(await this.cascadeTo(other, following)));
    }
    return reached;
  }

  private async changeRows(link: TableLinkSpec, side: LinkSide, other: LinkSide, ids: LinkId[]): Promise<LinkId[]> {
    const { method, executor } = this.options;
    if (method === "restore") return restoreRowsOf(executor, link, side, other, ids, this.options.at);
    const { others, at } = await removeRowsOf(executor, link, side, other, ids);
    this.removedAt ??= at;
    return others;
  }

  private async cascadeTo(side: LinkSide, ids: LinkId[]): Promise<RecordKey[]> {
    const { method, context } = this.options;
    const service = this.options.service(side.module) as Record<string, CascadeMethod | undefined>;
    const name = `${method === "delete" ? "softDelete" : "restore"}${pluralize(side.model)}`;
    if (!service[name]) throw linkErrors.noCascadeMethod(side.module, name, side.model);
    const keys = (await service[name](ids, {}, context)) ?? {};
    // The service names its own records and those that its model cascades to; links may hang on any of them.
    const reached: RecordKey[] = [{ module: side.module, key: side.key, value: ids }];
    for (const [key, value] of Object.entries(keys)) if (key !== side.key) reached.push({ module: side.module, key, value });
    const byKey = (this.done[side.module] ??= {});
    for (const { key, value } of reached) byKey[key] = [...new Set([...(byKey[key] ?? []), ...(value as LinkId[])])];
    return reached;
  }

  private isNew(record: string): boolean {
    if (this.seen.has(record)) return false;
    this.seen.add(record);
    return true;
  }
}

import type { SqlConnection } from "@velella/kernel";
import { patiently } from "../connection/patiently";
import { engineErrors } from "../errors/engine-errors";
import { missingMigrations } from "../store/schema";
import type { Tables } from "../store/schema";
import type { Instance } from "./instance";

/** What has to be so before an engine owns anything: its tables are those of this release, and the others know of it. */
export class Readiness {
  private checked: Promise<void> | undefined;

  constructor(
    private readonly connection: SqlConnection,
    private readonly tables: Tables,
    private readonly instance: Instance,
  ) {}

  /**
   * Looks at the tables, and makes this instance known to the others, once.
   *
   * @throws `engine.not_migrated` when the tables are not there, `engine.outdated` when they are those of an earlier release
   */
  async reach(): Promise<void> {
    try {
      await (this.checked ??= this.checkTables());
      await this.instance.ready();
    } catch (error) {
      this.checked = undefined;
      throw isUndefinedTable(error) ? Object.assign(engineErrors.notMigrated(this.tables.schema), { cause: error }) : error;
    }
  }

  private async checkTables(): Promise<void> {
    const missing = await patiently(() => missingMigrations(this.connection, this.tables));
    if (missing.length) throw engineErrors.outdated(missing);
  }
}

const isUndefinedTable = (error: unknown): boolean => (error as { code?: unknown } | undefined)?.code === "42P01";

import type { RenameAnswer } from "@velella/data";
import type { Container, Logger, Registries, SqlConnection } from "@velella/kernel";
import type { WorkflowEngine } from "@velella/workflows";
import type { Config } from "../config/config-schema";
import type { HttpServer, RouteDescription } from "../http/http-server";
import type { LinkChange } from "../links/sync-links";
import type { DiffReport, GenerateReport } from "./migrate";
import type { Timings } from "./timings";

/** What an app is booted for: `exec` serves nothing and runs no jobs, `migrate` does not mind a database that is behind. */
export type AppMode = "develop" | "start" | "exec" | "migrate";

/** What `migrate` did. */
export interface MigrateReport {
  /** `module/Migration…` of each migration applied. */
  migrations: readonly string[];
  /** The link tables that were made or changed, or left for a reason; none where links were left out. */
  links: readonly LinkChange[];
}

/** Which changes of link tables are made: those that lose nothing, or all. */
export type LinkSyncMode = "safe" | "all";

/** A booted app. */
export interface App {
  /** Its folder: the config lies there, and `src/`. */
  readonly directory: string;
  /** What it was booted for. */
  readonly mode: AppMode;
  /** With all defaults filled in. */
  readonly config: Config;
  /** What requests, subscribers and jobs get scopes of. */
  readonly container: Container;
  /** The app's database; modules may have others of their own. */
  readonly connection: SqlConnection;
  /** Of the server that it uses, also where that is the embedded one. */
  readonly databaseUrl: string;
  /** What its files defined: workflows, links, handlers of hooks. */
  readonly registries: Registries;
  /** Keys of its modules. */
  readonly modules: readonly string[];
  /** Runs workflows, and delivers events and ticks from `start` on. */
  readonly engine: WorkflowEngine;
  /** The one that it was booted with. */
  readonly logger: Logger;
  /** How long each stage of the boot took. */
  readonly timings: Timings;
  /** Listens from `start` on. */
  readonly http: HttpServer;
  /** All routes with what runs on them; loads every route file. */
  readonly routes: readonly RouteDescription[];
  /** Loads one file of the app. */
  load<T = Record<string, unknown>>(file: string): T;
  /** What its modules and links add to the types of `query.graph` and the container, as the text of a declaration file. */
  declareTypes(): string;
  /**
   * Applies pending migrations, makes the tables of links, and puts in the rows that every database has.
   *
   * @param options `links` says which changes of link tables are made, `safe` by default; `skip` makes none, and leaves the
   *   rows to the next time, since they need links.
   */
  migrate(options?: { links?: LinkSyncMode | "skip" }): Promise<MigrateReport>;
  /** Makes and changes only the tables of links; by default without losing data. */
  syncLinks(mode?: LinkSyncMode): Promise<readonly LinkChange[]>;
  /** Undoes the last migrations of the modules named, or of all. */
  rollback(modules: readonly string[]): Promise<readonly string[]>;
  /**
   * Writes migrations for models of the modules named that have changed; what would lose data only with
   * `allowDestructive`, what may be a rename only with an answer.
   */
  generate(
    modules: readonly string[],
    options?: { allowDestructive?: boolean; answers?: readonly RenameAnswer[] },
  ): Promise<readonly GenerateReport[]>;
  /** Compares the tables with the models, of the modules named, or of all and of the links; changes nothing. */
  diff(modules: readonly string[]): Promise<DiffReport>;
  /** Begins to deliver events, to run jobs and to answer requests. */
  start(listen?: { host?: string; port?: number }): Promise<{ url: string }>;
  /** The inverse: finishes what is under way, and closes everything. */
  stop(): Promise<void>;
}

import type { Container, Logger } from "@velella/kernel";

/** What an app is started for; it decides which stages of the boot run. */
export type AppMode = "develop" | "start" | "exec" | "migrate";

export interface OpenAppOptions {
  /** Folder of the app. */
  directory: string;
  mode: AppMode;
  logger: Logger;
}

/** One route, as `velella routes` prints it. */
export interface RouteLine {
  method: string;
  path: string;
  file?: string;
}

/** Where to listen. */
export interface ListenOptions {
  host?: string;
  port?: number;
}

/** What migrating did, a line each. */
export interface MigrateReport {
  /** `module/Migration…` of each migration applied. */
  migrations: readonly string[];
  /** A line per link table made or changed. */
  links: readonly string[];
}

/** An app, as far as the commands use it. */
export interface App {
  readonly container: Container;
  /** Names of its modules. */
  readonly modules: readonly string[];
  readonly routes: readonly RouteLine[];
  /** Loads one file of the app. */
  load(file: string): Record<string, unknown>;
  /** Applies pending migrations, and makes the tables of links. */
  migrate(): Promise<MigrateReport>;
  /** Makes only the tables of links. */
  syncLinks(): Promise<readonly string[]>;
  /** Undoes the last migration of each module; gives their names. */
  rollback(modules: readonly string[]): Promise<readonly string[]>;
  /** Writes migrations for changed models; gives the files. */
  generate(modules: readonly string[]): Promise<readonly string[]>;
  start(options: ListenOptions): Promise<{ url: string }>;
  stop(): Promise<void>;
}

export type OpenApp = (options: OpenAppOptions) => Promise<App>;

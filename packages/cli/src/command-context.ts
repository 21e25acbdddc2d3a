import type { OpenApp } from "./app";

/** What every command is given. */
export interface CommandContext {
  /** Folder of the app: the one the command is run in. */
  directory: string;
  verbose: boolean;
  /** Results as JSON instead of lines for people. */
  json: boolean;
  openApp: OpenApp;
  /** The database in the config of an app; undefined for an embedded one. */
  databaseUrl(directory: string): string | undefined;
  /** Writes a line of the result. */
  print(line: string): void;
}

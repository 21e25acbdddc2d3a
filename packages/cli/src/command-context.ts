/** What every command is given. */
export interface CommandContext {
  /** Folder of the app: the one the command is run in. */
  directory: string;
  verbose: boolean;
  /** Results as JSON instead of lines for people. */
  json: boolean;
  /** Writes a line of the result. */
  print(line: string): void;
}

/** Where to listen. */
export interface ListenOptions {
  host?: string;
  port?: number;
}

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

/** How to serve. */
export interface ServeOptions {
  /** Address to listen on; all of them by default. */
  host?: string;
  /** 9000 by default, or what `PORT` says. */
  port?: number;
  /** Tells how long each stage of the boot took. */
  timings?: boolean;
}

import pino from "pino";
import type { Logger as PinoLogger } from "pino";

/** The logger that apps resolve as `logger`. */
export interface Logger {
  /** The most urgent level; the process is not ended. */
  panic(data: unknown): void;
  /** Whether lines of this level are written at present. */
  shouldLog(level: string): boolean;
  /** Until `unsetLogLevel`, lines of this level and of more urgent ones are written. */
  setLogLevel(level: string): void;
  /** Back to the level that the logger was made with. */
  unsetLogLevel(): void;
  /** Announces something that takes a while; returns an id for `progress`, `success` and `failure`. */
  activity(message: string, config?: unknown): string;
  /** A line about an activity that goes on. */
  progress(activityId: string, message: string): void;
  error(messageOrError: string | Error, error?: unknown): void;
  /** Ends an activity: a line at the level `error`, with the milliseconds since it was announced. */
  failure(activityId: string, message: string): unknown;
  /** Ends an activity: a line at the level `info`, with the milliseconds since it was announced. */
  success(activityId: string, message: string): unknown;
  silly(message: string): void;
  debug(message: string): void;
  verbose(message: string): void;
  http(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  /** A line at the level `info`, of all arguments as text. */
  log(...args: unknown[]): void;
}

/** How much {@link createLogger} writes, in which form, and where. */
export interface LoggerOptions {
  /** `silly`, `debug`, `verbose`, `http`, `info` (the default), `warn`, `error`, `silent`; also read from `LOG_LEVEL`. */
  level?: string;
  /** Readable lines instead of JSON; on by default in a terminal. */
  pretty?: boolean;
  /** Where the lines go; standard output by default. */
  destination?: NodeJS.WritableStream;
}

const levels = { silly: 5, debug: 20, verbose: 22, http: 25, info: 30, warn: 40, error: 50, panic: 60 } as const;

/** A logger on pino: JSON lines, or readable ones in a terminal. */
export function createLogger(options: LoggerOptions = {}): Logger {
  const initial = options.level ?? process.env.LOG_LEVEL ?? "info";
  const log = createPino(initial, options);
  const activities = new Map<string, { message: string; since: number }>();
  let lastActivity = 0;

  const finish = (id: string) => {
    const activity = activities.get(id);
    activities.delete(id);
    return activity ? { ms: Date.now() - activity.since } : {};
  };
  return {
    panic: (data) => void log.panic(data instanceof Error ? { err: data } : { data }, data instanceof Error ? data.message : String(data)),
    shouldLog: (level) => log.isLevelEnabled(level),
    setLogLevel: (level) => void (log.level = level),
    unsetLogLevel: () => void (log.level = initial),
    activity: (message) => {
      const id = String(++lastActivity);
      activities.set(id, { message, since: Date.now() });
      log.info(message);
      return id;
    },
    progress: (_id, message) => void log.info(message),
    error: (messageOrError, error) => {
      if (messageOrError instanceof Error) log.error({ err: messageOrError }, messageOrError.message);
      else log.error(error === undefined ? {} : { err: error }, messageOrError);
    },
    failure: (id, message) => log.error(finish(id), message),
    success: (id, message) => log.info(finish(id), message),
    silly: (message) => void log.silly(message),
    debug: (message) => void log.debug(message),
    verbose: (message) => void log.verbose(message),
    http: (message) => void log.http(message),
    info: (message) => void log.info(message),
    warn: (message) => void log.warn(message),
    log: (...args) => void log.info(args.map(String).join(" ")),
  };
}

function createPino(level: string, options: LoggerOptions): PinoLogger<keyof typeof levels> {
  const base = { level, customLevels: levels, useOnlyCustomLevels: true, base: null } as const;
  const target = options.destination ?? process.stdout;
  const pretty = options.pretty ?? (target as NodeJS.WriteStream).isTTY === true;
  if (!pretty) return pino(base, target) as PinoLogger<keyof typeof levels>;
  // In the same thread, so that nothing is lost when the process ends; loaded only where lines are for people.
  const prettify = (require("pino-pretty") as typeof import("pino-pretty"))({
    destination: target as NodeJS.WriteStream,
    sync: true,
    translateTime: "SYS:HH:MM:ss",
    customLevels: Object.entries(levels)
      .map(([name, value]) => `${name}:${value}`)
      .join(","),
    useOnlyCustomProps: false,
  });
  return pino(base, prettify);
}

/** A logger that says nothing: for tests, and for code that is given none. */
export function silentLogger(): Logger {
  return createLogger({ level: "silent", pretty: false });
}

import { nearestNames } from "@velella/kernel";
import type { z } from "zod";
import { configSchema } from "./config-schema";
import type { Config, ConfigInput, ModuleEntry } from "./config-schema";
import { databaseDriverSchema, idleSettings, withDatabaseName } from "./database-settings";
import { configErrors } from "./errors";

/** What the layer above gives every app. */
export interface ConfigDefaults {
  projectConfig?: ConfigInput["projectConfig"];
  /** Modules that every app has, by key; an entry of the app with the same key replaces one wholly. */
  modules?: Record<string, DefaultModule>;
  /** Names of modules whose work the framework does itself; entries with such a name are left out. */
  builtIn?: ReadonlySet<string>;
}

/** A module that an app has without naming it. */
export interface DefaultModule {
  /** Loads it, and gives its exports. */
  load(): unknown;
  options?: Record<string, unknown>;
  dependencies?: readonly string[];
  /** Folder of the module; its migrations lie in `migrations/` there. */
  directory?: string;
}

/** A config with its defaults, and what is doubtful in it. */
export interface ResolvedConfig {
  /** Its `modules` are empty until they are loaded. */
  config: Config;
  /** Options that are not known, each with the nearest one that is. */
  warnings: string[];
}

const developmentSecret = "supersecret";

/**
 * Checks what a config file exports, and fills in defaults.
 *
 * @param file Named in messages.
 * @throws `config.invalid` naming every wrong option; `config.unknown_options` where the config is strict;
 * `config.bad_database_url`; `config.insecure_secret` in production.
 */
export function resolveConfig(file: string, exported: unknown, defaults: ConfigDefaults = {}): ResolvedConfig {
  if (typeof exported !== "object" || exported === null || Array.isArray(exported)) {
    throw configErrors.notAConfig(
      file,
      exported === null || exported === undefined ? "nothing" : `a ${Array.isArray(exported) ? "list" : typeof exported}`,
    );
  }
  const parsed = configSchema.safeParse(withDefaults(exported, defaults));
  if (!parsed.success)
    throw configErrors.invalid(
      file,
      parsed.error.issues.map((issue) => describeIssue(issue)),
    );

  const { data } = parsed;
  const { http } = data.projectConfig;
  data.projectConfig.databaseUrl ??= process.env.DATABASE_URL || undefined;
  const { databaseUrl, databaseName, databaseDriverOptions } = data.projectConfig;
  if (databaseUrl !== undefined && databaseName) data.projectConfig.databaseUrl = withDatabaseName(file, databaseUrl, databaseName);
  const secrets = {
    jwtSecret: secretOf(file, "jwtSecret", http.jwtSecret ?? process.env.JWT_SECRET),
    cookieSecret: secretOf(file, "cookieSecret", http.cookieSecret ?? process.env.COOKIE_SECRET),
  };
  const modules: Record<string, ModuleEntry> = {};
  const config: Config = { ...data, projectConfig: { ...data.projectConfig, http: { ...http, ...secrets } }, modules };
  const warnings = [...unknownOptions(exported), ...idleSettings(databaseUrl, databaseName, databaseDriverOptions)];
  if (data.strict && warnings.length > 0) throw configErrors.unknownOptions(file, warnings);
  return { config, warnings };
}

function withDefaults(exported: object, defaults: ConfigDefaults): object {
  const given = (exported as ConfigInput).projectConfig;
  if (given !== undefined && (typeof given !== "object" || given === null)) return exported;
  if (given?.http !== undefined && (typeof given.http !== "object" || given.http === null)) return exported;
  const http = { ...defined(defaults.projectConfig?.http), ...defined(given?.http) };
  return { ...exported, projectConfig: { ...defined(defaults.projectConfig), ...defined(given), http } };
}

/** `databaseUrl: process.env.DATABASE_URL` leaves undefined, and an empty line in `.env` an empty text: neither is a value. */
function defined(options: object | undefined): object {
  return Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== undefined && value !== ""));
}

function secretOf(file: string, option: string, value: string | undefined): string {
  if (value) return value;
  if (process.env.NODE_ENV === "production") throw configErrors.insecureSecret(file, `projectConfig.http.${option}`);
  return developmentSecret;
}

/** One problem as a sentence without its stop. */
export function describeIssue(issue: z.core.$ZodIssue, place = ""): string {
  const path = [place, ...issue.path.map(String)].filter(Boolean).join(".");
  const detail = issue.message.replace(/^Invalid input: /, "").replace(/^Invalid option: /, "");
  return `"${path}" was refused: ${detail}`;
}

function unknownOptions(exported: object): string[] {
  const warnings: string[] = [];
  const project = configSchema.shape.projectConfig.unwrap();
  const check = (place: string, value: unknown, known: string[]) => {
    if (typeof value !== "object" || value === null) return;
    for (const key of Object.keys(value)) {
      if (known.includes(key)) continue;
      const near = nearestNames(key, known)[0];
      warnings.push(`"${place}${key}" is not an option of the config${near ? `; did you mean "${place}${near}"?` : "."}`);
    }
  };
  const { projectConfig } = exported as ConfigInput;
  check("", exported, [...Object.keys(configSchema.shape), "modules"]);
  check("projectConfig.", projectConfig, Object.keys(project.shape));
  const driver = projectConfig?.databaseDriverOptions;
  const { connection, pool } = databaseDriverSchema.shape;
  check("projectConfig.databaseDriverOptions.", driver, Object.keys(databaseDriverSchema.shape));
  check("projectConfig.databaseDriverOptions.connection.", driver?.connection, Object.keys(connection.unwrap().shape));
  check("projectConfig.databaseDriverOptions.pool.", driver?.pool, Object.keys(pool.unwrap().shape));
  check("projectConfig.http.", projectConfig?.http, Object.keys(project.shape.http.unwrap().shape));
  check("projectConfig.workflows.", projectConfig?.workflows, Object.keys(project.shape.workflows.unwrap().shape));
  return warnings;
}

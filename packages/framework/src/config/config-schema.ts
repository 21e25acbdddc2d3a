import type { Logger } from "@velella/kernel";
import { z } from "zod";
import { databaseDriverSchema } from "./database-settings";
import { workflowSettingsSchema } from "./workflow-settings";

const record = z.record(z.string(), z.unknown());

const httpSchema = z.looseObject({
  /** Origins that may call `/store`, separated by commas; a part between slashes is a regular expression. */
  storeCors: z.string().default("http://localhost:8000"),
  /** Origins that may call `/admin`. */
  adminCors: z.string().default("http://localhost:7000,http://localhost:7001,http://localhost:5173"),
  /** Origins that may call `/auth`. */
  authCors: z.string().default("http://localhost:7000,http://localhost:7001,http://localhost:5173"),
  /** Signs the tokens; required in production, also read from `JWT_SECRET`. */
  jwtSecret: z.string().min(1).optional(),
  /** Verifies tokens that were signed with a private key as `jwtSecret`. */
  jwtPublicKey: z.string().optional(),
  /** Life of a token, such as `1d` (the default) or a number of seconds. */
  jwtExpiresIn: z.union([z.string(), z.number()]).default("1d"),
  /** Further options of signing, as jsonwebtoken takes them. */
  jwtOptions: record.optional(),
  /** Further options of verifying, as jsonwebtoken takes them. */
  jwtVerifyOptions: record.optional(),
  /** Signs cookies; required in production, also read from `COOKIE_SECRET`. */
  cookieSecret: z.string().min(1).optional(),
  /** Compression of answers; off by default. */
  compression: z
    .looseObject({
      enabled: z.boolean().optional(),
      level: z.number().optional(),
      memLevel: z.number().optional(),
      threshold: z.union([z.number(), z.string()]).optional(),
    })
    .optional(),
  /** Which auth providers each type of actor may use; all of them for a type that is not named. */
  authMethodsPerActor: z.record(z.string(), z.array(z.string())).default({}),
  /** Fields that clients may not ask for. */
  restrictedFields: z.looseObject({ store: z.array(z.string()).optional() }).default({}),
  /** Highest number of rows that a relation gives to the store API. */
  storeRelationsLimit: z.number().int().positive().optional(),
});

const projectConfigSchema = z.looseObject({
  /** `postgres://…`; also read from `DATABASE_URL`. Without one, the app runs an embedded PostgreSQL of its own. */
  databaseUrl: z.string().min(1).optional(),
  /** Name of the database; replaces the one in `databaseUrl`. */
  databaseName: z.string().optional(),
  /** Schema of all tables. */
  databaseSchema: z.string().default("public"),
  /** Logs every statement and how long it took; `true`, or any text but "", "0", "off" and "false". Values are left out. */
  databaseLogging: z.union([z.boolean(), z.string()]).default(false),
  /** How the database is connected to. */
  databaseDriverOptions: databaseDriverSchema.default({}),
  redisUrl: z.string().optional(),
  redisPrefix: z.string().optional(),
  redisOptions: record.optional(),
  /** How events reach the processes that have their subscribers: by PostgreSQL (the default), or by Redis at `redisUrl`. They are kept in PostgreSQL in either case. */
  eventTransport: z.enum(["postgres", "redis"]).optional(),
  /** How workflows, events and jobs are run. */
  workflows: workflowSettingsSchema.default({}),
  /** The session cookie; `ttl` in milliseconds. */
  sessionOptions: z
    .looseObject({
      name: z.string().optional(),
      resave: z.boolean().optional(),
      rolling: z.boolean().optional(),
      saveUninitialized: z.boolean().optional(),
      secret: z.string().optional(),
      ttl: z.number().optional(),
    })
    .optional(),
  cookieOptions: record.optional(),
  jobsBatchSize: z.number().optional(),
  /** `server` answers requests, `worker` runs subscribers and jobs, `shared` does both. */
  workerMode: z.enum(["shared", "server", "worker"]).default("shared"),
  http: httpSchema.prefault({}),
});

/** The config, but for its modules, which are checked one by one so that messages can name them. */
export const configSchema = z.looseObject({
  projectConfig: projectConfigSchema.prefault({}),
  /** The dashboard. */
  admin: z
    .looseObject({
      disable: z.boolean().optional(),
      path: z.string().default("/app"),
      backendUrl: z.string().default("/"),
      storefrontUrl: z.string().optional(),
      outDir: z.string().optional(),
      maxUploadFileSize: z.number().default(1024 * 1024),
    })
    .prefault({}),
  /** Plugins, by package or path. */
  plugins: z.array(z.union([z.string(), z.looseObject({ resolve: z.string(), options: record.optional() })])).default([]),
  featureFlags: record.default({}),
  /** Replaces the logger. */
  logger: z.custom<Logger>((value) => typeof value === "object" && value !== null, "expected a logger").optional(),
  /** Makes an error of what is otherwise ignored with a warning. */
  strict: z.boolean().default(false),
});

/** An entry of `modules`, but for what `resolve` may hold beside a path. */
export const moduleEntrySchema = z.looseObject({
  resolve: z
    .union([z.string().min(1), z.custom<object>((value) => typeof value === "object" && value !== null)], "expected a path or a module")
    .optional(),
  /** Key in the container; the module's own name by default. */
  key: z.string().min(1).optional(),
  /** Given to the module's service and loaders. */
  options: record.optional(),
  /** Leaves the module out. */
  disable: z.boolean().optional(),
  /** Names of the app's container that the module's own container gets too. */
  dependencies: z.array(z.string()).optional(),
});

export type ModuleEntry = z.input<typeof moduleEntrySchema>;

/** What an app writes in its config file. Everything is optional. */
export type ConfigInput = z.input<typeof configSchema> & {
  /** The app's modules: a list, or an object by key, in which `false` leaves a default module out. */
  modules?: readonly ModuleEntry[] | Readonly<Record<string, ModuleEntry | boolean>>;
};

/** A config with every default filled in. */
export type Config = z.output<typeof configSchema> & {
  projectConfig: { http: { jwtSecret: string; cookieSecret: string } };
  /** By key. */
  modules: Record<string, ModuleEntry>;
};

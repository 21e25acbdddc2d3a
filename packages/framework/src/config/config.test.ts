import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { AppError, createAppRegistries } from "@velella/kernel";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createFileLoader } from "../loading/file-loader";
import { Module } from "../modules/module";
import { connectionSettings } from "./database-settings";
import { loadConfig } from "./load-config";
import { loadEnv } from "./load-env";
import type { ConfigDefaults } from "./resolve-config";
import { engineSettings } from "./workflow-settings";

let directory: string;

beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), "velella-config-")));
  for (const name of ["DATABASE_URL", "JWT_SECRET", "COOKIE_SECRET"]) vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

function load(files: Record<string, string>, defaults?: ConfigDefaults) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  const loader = createFileLoader({ directory, registries: createAppRegistries() });
  try {
    return loadConfig({ directory, loader, defaults });
  } finally {
    loader.close();
  }
}

function failure(files: Record<string, string>, defaults?: ConfigDefaults): { message: string; hint?: string } {
  try {
    load(files, defaults);
  } catch (error) {
    if (error instanceof AppError) return { message: error.message, hint: error.hint };
    throw error;
  }
  throw new TypeError("nothing was thrown");
}

const moduleFile = (name: string) =>
  `export default { serviceName: ${JSON.stringify(name)}, service: class {}, loaders: [], linkable: {} };`;
class Payment {}
const defaults: ConfigDefaults = {
  projectConfig: { http: { restrictedFields: { store: ["order"] } } },
  modules: {
    payment: { load: () => Module("payment", { service: Payment }), options: { mode: "default" }, directory: "/packages/payment" },
    region: { load: () => ({ default: Module("region", { service: class Region {} }) }) },
  },
  builtIn: new Set(["@medusajs/medusa/event-bus-redis"]),
};

test("an empty config has every default, and no database", () => {
  const { config, warnings } = load({ "velella.config.ts": "module.exports = {}" }, defaults);
  expect(config.projectConfig).toMatchObject({
    databaseSchema: "public",
    workerMode: "shared",
    http: {
      storeCors: "http://localhost:8000",
      jwtSecret: "supersecret",
      cookieSecret: "supersecret",
      jwtExpiresIn: "1d",
      restrictedFields: { store: ["order"] },
    },
  });
  expect(config.projectConfig.databaseUrl).toBeUndefined();
  expect(config.admin).toMatchObject({ path: "/app", backendUrl: "/", maxUploadFileSize: 1048576 });
  expect(warnings).toEqual([]);
});

test("module.exports and export default, either file name, values over defaults, variables for what is left out", () => {
  vi.stubEnv("DATABASE_URL", "postgres://somewhere/else");
  const text = `const http = { storeCors: "a", jwtSecret: undefined }; export default { projectConfig: { http } }`;
  const { config, file } = load({ "medusa-config.ts": text, ".env": "JWT_SECRET=from-the-file" });
  vi.stubEnv("JWT_SECRET", undefined);
  expect(file).toBe(join(directory, "medusa-config.ts"));
  expect(config.projectConfig).toMatchObject({
    databaseUrl: "postgres://somewhere/else",
    http: { storeCors: "a", jwtSecret: "from-the-file" },
  });
});

test("modules are keyed by their own name; an entry of the same key replaces a default wholly", () => {
  const { modules, config } = load(
    {
      "velella.config.ts": `module.exports = { modules: [{ resolve: "./src/modules/blog", options: { a: 1 } }, { resolve: "./src/pay", dependencies: ["logger"] }] }`,
      "src/modules/blog/index.ts": moduleFile("blog"),
      "src/pay.ts": moduleFile("payment"),
    },
    defaults,
  );
  expect(modules.map(({ key, options, directory, dependencies }) => ({ key, options, directory, dependencies }))).toEqual([
    { key: "payment", options: {}, directory: join(directory, "src"), dependencies: ["logger"] },
    { key: "region", options: {}, directory: undefined, dependencies: [] },
    { key: "blog", options: { a: 1 }, directory: join(directory, "src/modules/blog"), dependencies: [] },
  ]);
  expect(Object.keys(config.modules)).toEqual(["payment", "region", "blog"]);
});

test("a default module can be given options, named as an object, or left out", () => {
  const text = `module.exports = { modules: { payment: { options: { mode: "mine" } }, region: false, other: { resolve: { serviceName: "x", service: class {}, loaders: [] } } } }`;
  const { modules } = load({ "velella.config.js": text }, defaults);
  expect(modules.map(({ key, options, directory }) => [key, options, directory])).toEqual([
    ["payment", { mode: "mine" }, "/packages/payment"],
    ["other", {}, undefined],
  ]);
});

test("a package that re-exports a default module keeps its migrations, and what the framework does itself is left out", () => {
  Object.assign(globalThis, { paymentService: Payment });
  const { modules } = load(
    {
      "velella.config.ts": `module.exports = { modules: [{ resolve: "payment-alias", options: { mode: "alias" } }, { resolve: "@medusajs/medusa/event-bus-redis" }] }`,
      "node_modules/payment-alias/index.js": `module.exports = { serviceName: "payment", service: globalThis.paymentService, loaders: [] }`,
    },
    defaults,
  );
  expect(modules.find(({ key }) => key === "payment")).toMatchObject({ directory: "/packages/payment", options: { mode: "alias" } });
  expect(modules).toHaveLength(2);
});

test("no config file", () => {
  const { message, hint } = failure({});
  expect(message).toBe(`There is no velella.config.ts (nor medusa-config.ts) in ${directory}.`);
  expect(hint).toMatch(/^Run the command in the folder of your app/);
});

test("a config that does not compile", () => {
  const { message } = failure({ "velella.config.ts": `module.exports = {\n  modules: [\n};\n` });
  expect(message).toContain(`${join(directory, "velella.config.ts")}:3:1 does not compile: `);
  expect(message).toContain("> 3 | };\n    | ^");
});

test("an unknown module path names the entry and the path tried, and suggests what is there", () => {
  const files = {
    "velella.config.ts": `module.exports = { modules: [{ resolve: "./src/modules/blog" }, { resolve: "./src/modules/reveiw" }] }`,
    "src/modules/blog/index.ts": moduleFile("blog"),
    "src/modules/review/index.ts": moduleFile("review"),
  };
  expect(failure(files)).toEqual({
    message: `velella.config.ts: modules[1] names the module "./src/modules/reveiw", which is not there (${join(directory, "src/modules/reveiw")} was tried).`,
    hint: `Did you mean "./src/modules/review"?`,
  });
  files["velella.config.ts"] = `module.exports = { modules: [{ resolve: "src/modules/blog" }] }`;
  expect(failure(files).hint).toBe(`Did you mean "./src/modules/blog"?`);
  files["velella.config.ts"] = `module.exports = { modules: [{ resolve: "@acme/blog" }] }`;
  expect(failure(files).message).toContain(`"@acme/blog", which is not there (no package of this name is installed`);
});

test("two modules with one key are both named", () => {
  const files = {
    "velella.config.ts": `module.exports = { modules: [{ resolve: "./src/modules/a" }, { resolve: "./src/modules/b" }] }`,
    "src/modules/a/index.ts": moduleFile("brand"),
    "src/modules/b/index.ts": moduleFile("brand"),
  };
  expect(failure(files).message).toBe(
    `velella.config.ts: two modules have the key "brand": modules[0] (./src/modules/a) and modules[1] (./src/modules/b).`,
  );
});

test("a file that is no module, and an entry that names none", () => {
  const config = (entry: string) => ({
    "velella.config.ts": `module.exports = { modules: [${entry}] }`,
    "src/modules/a/index.ts": "export default class {}",
  });
  expect(failure(config(`{ resolve: "./src/modules/a" }`)).message).toContain(
    `modules[0] names ${join(directory, "src/modules/a/index.ts")}, whose default export was not made by Module(`,
  );
  expect(failure(config(`{ key: "brand" }`)).message).toBe(
    `velella.config.ts: modules[0] has no "resolve", and no module is known by its key.`,
  );
  expect(failure(config(`{ resolve: 7 }`)).message).toContain(`"modules[0].resolve" was refused: expected a path or a module`);
});

test("every wrong value is named with its place", () => {
  const { message } = failure({
    "velella.config.ts": `module.exports = { projectConfig: { workerMode: "both", http: { storeCors: 8000 } } }`,
  });
  expect(message).toContain(`"projectConfig.workerMode" was refused: expected one of "shared"|"server"|"worker"`);
  expect(message).toContain(`"projectConfig.http.storeCors" was refused: expected string, received number`);
  expect(failure({ "velella.config.ts": `module.exports = "no"` }).message).toBe(
    "velella.config.ts exports a string where a config was expected.",
  );
});

test("an unknown option is a warning that names the nearest known one", () => {
  const { warnings } = load({
    "velella.config.ts": `module.exports = { project_config: {}, projectConfig: { http: { storeCros: "x" } } }`,
  });
  expect(warnings).toEqual([
    `"project_config" is not an option of the config; did you mean "projectConfig"?`,
    `"projectConfig.http.storeCros" is not an option of the config; did you mean "projectConfig.http.storeCors"?`,
  ]);
});

test("how the database is connected to is handed on by name; what is not known or does nothing is a warning, and refused when strict", () => {
  const config = (project: string, strict = false) => ({
    "velella.config.ts": `module.exports = { strict: ${strict}, projectConfig: ${project} }`,
  });
  const { config: read } = load(
    config(`{ databaseUrl: "postgres://me@host:5/one?a=b", databaseName: "two", databaseSchema: "shop", databaseLogging: "all", databaseDriverOptions: {
      connection: { ssl: { rejectUnauthorized: false }, statement_timeout: 1000, lock_timeout: false, idle_in_transaction_session_timeout: 0, connectionTimeoutMillis: 2000, application_name: "shop" },
      pool: { max: 3, min: 0, acquireTimeoutMillis: 4000, idleTimeoutMillis: 5000 }, preparedStatements: true, directUrl: "postgres://direct" } }`),
  );
  expect(read.projectConfig.databaseUrl).toBe("postgres://me@host:5/two?a=b");
  expect(connectionSettings(read.projectConfig)).toStrictEqual({
    schema: "shop",
    preparedStatements: true,
    directUrl: "postgres://direct",
    ssl: { rejectUnauthorized: false },
    statementTimeoutMs: 1000,
    lockTimeoutMs: 0,
    idleInTransactionTimeoutMs: 0,
    connectTimeoutMs: 2000,
    applicationName: "shop",
    poolSize: 3,
    acquireTimeoutMs: 4000,
    idleTimeoutMs: 5000,
    logStatements: true,
  });
  const bare = load({ "velella.config.ts": "module.exports = {}" }).config.projectConfig;
  expect(connectionSettings(bare)).toStrictEqual({ schema: "public", preparedStatements: true, logStatements: false });

  const doubtful = `{ databaseName: "x", databaseDriverOptions: { sslmode: "disable", connection: { statement_timeoute: 1 }, pool: { mx: 1, min: 2 } } }`;
  const warnings = [
    `"projectConfig.databaseDriverOptions.sslmode" is not an option of the config.`,
    `"projectConfig.databaseDriverOptions.connection.statement_timeoute" is not an option of the config; did you mean "projectConfig.databaseDriverOptions.connection.statement_timeout"?`,
    `"projectConfig.databaseDriverOptions.pool.mx" is not an option of the config; did you mean "projectConfig.databaseDriverOptions.pool.max"?`,
    `"projectConfig.databaseName" does nothing without "projectConfig.databaseUrl": the embedded database has a name of its own.`,
    `"projectConfig.databaseDriverOptions.pool.min" does nothing: connections are made when they are needed, and kept while they are used.`,
  ];
  expect(load(config(doubtful)).warnings).toEqual(warnings);
  expect(failure(config(doubtful, true)).message).toBe(`velella.config.ts has what "strict" refuses: ${warnings.join(" ")}`);
  expect(failure(config(`{ databaseDriverOptions: { connection: { statement_timeout: "1s" }, pool: { max: 0 } } }`)).message).toMatch(
    /"projectConfig\.databaseDriverOptions\.connection\.statement_timeout" was refused.*"projectConfig\.databaseDriverOptions\.pool\.max" was refused/,
  );
  expect(failure(config(`{ databaseUrl: "nowhere", databaseName: "x" }`)).message).toContain('"projectConfig.databaseUrl" is no URL');
});

test("settings of the workflow engine are checked, and handed on as they are", () => {
  const config = (workflows: string) => ({ "velella.config.ts": `module.exports = { projectConfig: { workflows: ${workflows} } }` });
  expect(failure(config(`{ leaseSeconds: 0, maxDeliveryAttempts: 1.5, parkAfter: "5" }`)).message).toMatch(
    /"projectConfig\.workflows\.leaseSeconds" was refused: Too small: expected number to be >0.*"projectConfig\.workflows\.parkAfter" was refused: expected number, received string.*"projectConfig\.workflows\.maxDeliveryAttempts" was refused: expected int/,
  );
  const { config: read, warnings } = load(config(`{ stopSeconds: 5, eventRetention: undefined, leaseSecond: 9, connection: "mine" }`));
  expect(warnings).toEqual([
    `"projectConfig.workflows.leaseSecond" is not an option of the config; did you mean "projectConfig.workflows.leaseSeconds"?`,
    `"projectConfig.workflows.connection" is not an option of the config.`,
  ]);
  expect(engineSettings(read.projectConfig.workflows)).toStrictEqual({ stopSeconds: 5 });
  expect(engineSettings(load({ "velella.config.ts": "module.exports = {}" }).config.projectConfig.workflows)).toStrictEqual({});
});

test("production requires secrets", () => {
  vi.stubEnv("NODE_ENV", "production");
  expect(failure({ "velella.config.ts": "module.exports = {}" })).toEqual({
    message: `velella.config.ts: "projectConfig.http.jwtSecret" is not set, which production requires.`,
    hint: `Set "projectConfig.http.jwtSecret" to a long random text that stays the same, best by the variable JWT_SECRET.`,
  });
});

test("environment files: the process wins, then the environment's file, then .env; known variables are filled in", () => {
  writeFileSync(
    join(directory, ".env"),
    "VELELLA_A=plain\nVELELLA_B=plain\nVELELLA_C=plain\nVELELLA_D=x/$VELELLA_A-${VELELLA_C}-pa$$word\n",
  );
  writeFileSync(join(directory, ".env.test"), "VELELLA_B=of-test\nVELELLA_C=of-test\n");
  for (const name of ["VELELLA_A", "VELELLA_B", "VELELLA_D"]) vi.stubEnv(name, undefined);
  vi.stubEnv("VELELLA_C", "of-the-process");
  loadEnv("test", directory);
  const values = ["A", "B", "C", "D"].map((name) => process.env[`VELELLA_${name}`]);
  expect(values).toEqual(["plain", "of-test", "of-the-process", "x/plain-of-the-process-pa$$word"]);
});

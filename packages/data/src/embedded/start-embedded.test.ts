import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createLogger } from "@velella/kernel";
import { Client } from "pg";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import { startEmbedded, startEmbeddedIn } from "./start-embedded";
import { killAll, makeEmbeddedFolder, makeSystemFolder, serverPid, serverProcesses } from "./testing/embedded-folder";
import type { EmbeddedFolder } from "./testing/embedded-folder";

// Each test creates a database and starts a server.
vi.setConfig({ testTimeout: 120_000 });

const system = makeSystemFolder();
let folder: EmbeddedFolder;
beforeEach(() => {
  folder = makeEmbeddedFolder(system.folder);
});
afterAll(() => system.remove());
afterEach(() => {
  vi.unstubAllEnvs();
  folder.remove();
});

async function query(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client(url);
  await client.connect();
  return client
    .query(statement)
    .then(({ rows }) => rows as Record<string, unknown>[])
    .finally(() => client.end());
}

test("creates a database, serves it, and finds the data again at the same address", async () => {
  const first = await startEmbedded(folder);
  expect(first.joined).toBe(false);
  await query(first.url, "create table kept (id int); insert into kept values (1)");
  await first.stop();
  expect(serverPid(first.dataDirectory)).toBeUndefined();

  const second = await startEmbedded(folder);
  expect(await query(second.url, "select id from kept")).toEqual([{ id: 1 }]);
  expect(second.url).toBe(first.url);
  await second.stop();
});

test("the database is UTF8, compares as people do, and answers only what is on disk", async () => {
  const { url, stop } = await startEmbedded({ ...folder, database: "a shop" });
  const settings =
    "current_setting('server_encoding') as encoding, current_setting('synchronous_commit') as commit, current_setting('fsync') as fsync";
  expect(await query(url, `select current_database() as name, 'Ä' ilike 'ä' as ilike, ${settings}`)).toEqual([
    { name: "a shop", ilike: true, encoding: "UTF8", commit: "on", fsync: "on" },
  ]);
  await stop();
});

test("stopping twice is stopping once, and two users in one process share a server", async () => {
  const [first, second] = [await startEmbedded(folder), await startEmbedded(folder)];
  expect([first.joined, second.joined]).toEqual([false, true]);
  await Promise.all([first.stop(), first.stop()]);
  expect(await query(second.url, "select 1 as one")).toEqual([{ one: 1 }]);
  await second.stop();
  expect(serverPid(first.dataDirectory)).toBeUndefined();
});

test("a temporary database leaves nothing behind", async () => {
  const { url, dataDirectory, stop } = await startEmbedded({ ...folder, temporary: true });
  expect(await query(url, "select current_setting('fsync') as fsync")).toEqual([{ fsync: "off" }]);
  await stop();
  expect([existsSync(dataDirectory), existsSync(folder.directory)]).toEqual([false, false]);
});

test("over TCP a password is needed, and pg_ctl starts and stops as signals do", async () => {
  const { url, dataDirectory, stop } = await startEmbeddedIn(folder, { transport: "tcp", control: "pg_ctl", unsafe: false });
  expect(new URL(url).hostname).toBe("127.0.0.1");
  expect(await query(url, "select 1 as one")).toEqual([{ one: 1 }]);
  const wrong = new URL(url);
  wrong.password = "wrong";
  await expect(query(wrong.href, "select 1")).rejects.toThrow("password authentication failed");
  await stop();
  expect(serverPid(dataDirectory)).toBeUndefined();
});

test("a path far longer than a socket's may be", async () => {
  const directory = path.join(folder.root, ...Array.from({ length: 8 }, () => "a-folder-with-a-long-name"), "postgres");
  const { url, stop } = await startEmbedded({ ...folder, directory });
  expect(await query(url, "select 1 as one")).toEqual([{ one: 1 }]);
  await stop();
});

test("a server that dies while it is used comes back at the same address", async () => {
  const lines: string[] = [];
  const logger = { ...createLogger({ level: "silent" }), warn: (line: string) => void lines.push(line) };
  const { url, dataDirectory, stop } = await startEmbedded({ ...folder, logger });
  await query(url, "create table kept (id int); insert into kept values (1)");
  killAll(serverProcesses(dataDirectory));
  await vi.waitFor(async () => expect(await query(url, "select id from kept")).toEqual([{ id: 1 }]), { timeout: 60_000 });
  expect(lines).toEqual(["The embedded database has gone away; it is started again."]);
  await stop();
  expect(serverPid(dataDirectory)).toBeUndefined();
});

test("is refused in production unless told otherwise", async () => {
  vi.stubEnv("NODE_ENV", "production");
  await expect(startEmbedded(folder)).rejects.toMatchObject({
    reason: "embedded.refused_in_production",
    hint: expect.stringContaining("VELELLA_EMBEDDED=1"),
  });
  vi.stubEnv("VELELLA_EMBEDDED", "1");
  const { stop } = await startEmbedded(folder);
  await stop();
});

test("data of another PostgreSQL is refused and left as it is", async () => {
  const { dataDirectory, stop } = await startEmbedded(folder);
  await stop();
  writeFileSync(path.join(dataDirectory, "PG_VERSION"), "17\n");
  await expect(startEmbedded(folder)).rejects.toMatchObject({
    reason: "embedded.other_version",
    message: `The data in ${dataDirectory} was written by PostgreSQL 17; this version of Velella embeds PostgreSQL 18.`,
    hint: expect.stringContaining("pg_dump"),
  });
  expect(readFileSync(path.join(dataDirectory, "PG_VERSION"), "utf8")).toBe("17\n");
});

test("a folder that cannot be made is named", async () => {
  writeFileSync(path.join(folder.root, "a-file"), "");
  await expect(startEmbedded({ ...folder, directory: path.join(folder.root, "a-file", "postgres") })).rejects.toMatchObject({
    reason: "embedded.folder_not_usable",
    message: expect.stringContaining("a-file"),
  });
});

test("a server that cannot start shows the end of its log", async () => {
  const { dataDirectory, stop } = await startEmbedded(folder);
  await stop();
  writeFileSync(path.join(dataDirectory, "postgresql.auto.conf"), "shared_buffers = 'a lot'\n");
  await expect(startEmbedded(folder)).rejects.toMatchObject({
    reason: "embedded.start_failed",
    message: expect.stringContaining('invalid value for parameter "shared_buffers"'),
  });
});

import { spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { postmasterFilePath } from "./postmaster-file";
import { killAll, makeEmbeddedFolder, makeSystemFolder, serverPid, serverProcesses } from "./testing/embedded-folder";
import type { EmbeddedFolder } from "./testing/embedded-folder";
import { buildDataPackage, UserProcess } from "./testing/user-process";

// Each test creates a database and starts a server, most of them several.
vi.setConfig({ testTimeout: 120_000 });

const system = makeSystemFolder();
let folder: EmbeddedFolder;
beforeAll(() => buildDataPackage());
beforeEach(() => {
  folder = makeEmbeddedFolder(system.folder);
});
afterEach(() => folder.remove());
afterAll(() => system.remove());

const isRoot = process.getuid?.() === 0;
const start = () => UserProcess.started(folder);

test("a second process joins the first, and the last one stops the server", async () => {
  const first = await start();
  const second = await start();
  expect([first.joined, second.joined]).toEqual([false, true]);
  expect(second.url).toBe(first.url);
  await first.stop();
  expect(await second.query("select 1 as one")).toEqual([{ one: 1 }]);
  await second.stop();
  expect(serverPid(first.dataDirectory)).toBeUndefined();
});

test("a killed user does not count: the one who stays stops the server", async () => {
  const [killed, stays] = [await start(), await start()];
  await killed.kill();
  // The server needs a moment to see that it is gone.
  const present = "select 1 from pg_locks where locktype = 'advisory'";
  await vi.waitFor(async () => expect(await stays.query(present)).toHaveLength(1), { timeout: 20_000 });
  await stays.stop();
  expect(serverPid(stays.dataDirectory)).toBeUndefined();
});

test("a server whose only user was killed is joined by the next, who stops it", async () => {
  const killed = await start();
  await killed.query("create table kept (id int); insert into kept values (1)");
  await killed.kill();
  const orphan = serverPid(killed.dataDirectory);
  expect(orphan).toBeDefined();

  const next = await start();
  expect([next.joined, serverPid(next.dataDirectory)]).toEqual([true, orphan]);
  expect(await next.query("select id from kept")).toEqual([{ id: 1 }]);
  await next.stop();
  expect(serverPid(next.dataDirectory)).toBeUndefined();
});

// Five starts of a server that was killed, each with its recovery.
test("after everything was killed in the middle of writes, every answered write is there", { timeout: 180_000 }, async () => {
  let answered = 0;
  for (let round = 0; round < 5; round++) {
    const user = await start();
    expect(user.joined).toBe(false);
    await user.query("create table if not exists kept (id int primary key)");
    expect(await user.query(`select id from generate_series(1, ${answered}) as id where id not in (select id from kept)`)).toEqual([]);
    const writer = new Client(user.url);
    writer.on("error", () => undefined);
    await writer.connect();
    const writes = (async () => {
      for (let id = answered + 1; ; id++) {
        await writer.query("insert into kept values ($1) on conflict do nothing", [id]);
        answered = id;
      }
    })();
    const ended = writes.catch((error: Error) => error);
    const before = answered;
    await delay(100 + 50 * round);
    await vi.waitFor(() => expect(answered).toBeGreaterThan(before + 4), { timeout: 20_000 });
    const processes = serverProcesses(user.dataDirectory);
    expect(processes.length).toBeGreaterThan(3);
    killAll([user.pid, ...processes]);
    expect(await ended).toBeInstanceOf(Error);
  }
  const user = await start();
  const [row] = await user.query<{ rows: number }>("select count(*)::int as rows from kept");
  expect(answered).toBeGreaterThan(20);
  // One write more than was answered may have been committed in each round, and the next round writes it again.
  expect([answered, answered + 1]).toContain(row?.rows);
  await user.stop();
});

test("a backend that outlives its killed server does not stand in the way", async () => {
  const user = await start();
  const busy = user.query("select count(*) from generate_series(1, 10000000000)").catch((error: Error) => error);
  await vi.waitFor(
    async () =>
      expect(await user.query("select 1 from pg_stat_activity where query like 'select count%' and state = 'active'")).toHaveLength(1),
    { timeout: 30_000 },
  );
  const server = serverPid(user.dataDirectory) as number;
  process.kill(user.pid, "SIGSTOP");
  process.kill(server, "SIGKILL");
  const next = await start();
  expect([next.joined, await next.query("select 1 as one")]).toEqual([false, [{ one: 1 }]]);
  process.kill(user.pid, "SIGCONT");
  expect(await busy).toBeInstanceOf(Error);
  await user.kill();
  await next.stop();
  expect(serverPid(next.dataDirectory)).toBeUndefined();
});

test("processes that start at once create one database and share one server", async () => {
  const users = await Promise.all(Array.from({ length: 6 }, () => UserProcess.launch()));
  const opened = await Promise.all(users.map((user) => user.start(folder)));
  expect(opened.filter(({ joined }) => !joined)).toHaveLength(1);
  expect(new Set(opened.map(({ url }) => url)).size).toBe(1);
  await Promise.all(users.map((user) => user.stop()));
  // What a process prints comes by another way than its answers.
  const creators = () => users.filter(({ output }) => output.includes("Created an embedded PostgreSQL"));
  await vi.waitFor(() => expect(creators()).toHaveLength(1), { timeout: 30_000 });
  expect(opened.map(({ dataDirectory }) => serverPid(dataDirectory))).toEqual(Array.from({ length: 6 }, () => undefined));
});

// Four processes come and go many times, and each may start or stop the server.
test(
  "starting and stopping at the same time never leaves a user without server, nor a server without user",
  { timeout: 180_000 },
  async () => {
    const users = await Promise.all(Array.from({ length: 4 }, () => UserProcess.launch()));
    const comeAndGo = async (user: UserProcess, index: number) => {
      let dataDirectory = "";
      for (let round = 0; round < 8; round++) {
        ({ dataDirectory } = await user.start(folder));
        expect(await user.query("select 1 as one")).toEqual([{ one: 1 }]);
        await delay((index * 7 + round * 13) % 30);
        await user.leave();
      }
      return dataDirectory;
    };
    const folders = await Promise.all(users.map(comeAndGo));
    expect(folders.map(serverPid)).toEqual(users.map(() => undefined));
    await Promise.all(users.map((user) => user.kill()));
  },
);

test("a process killed while it creates the database hinders nobody", async () => {
  const killed = await UserProcess.launch();
  const starting = killed.start(folder).catch((error: Error) => error);
  await vi.waitFor(() => expect(dataDraft()).toBe(true), { interval: 5, timeout: 30_000 });
  await killed.kill();
  expect(await starting).toBeInstanceOf(Error);
  const next = await start();
  expect([next.joined, await next.query("select 1 as one")]).toEqual([false, [{ one: 1 }]]);
  expect(dataDraft()).toBe(false);
  await next.stop();
});

test("Ctrl-C reaches the process, not the server under it", async () => {
  const user = await start();
  const server = serverPid(user.dataDirectory);
  await user.interruptGroup();
  await delay(200);
  expect([await user.query("select 1 as one"), serverPid(user.dataDirectory)]).toEqual([[{ one: 1 }], server]);
  await user.stop();
});

test("a process that ends without stop() takes the server with it", async () => {
  const user = await start();
  await user.goIdle();
  expect(serverPid(user.dataDirectory)).toBeUndefined();
});

test("a signal that ends a process, also one that is still starting, ends the server", async () => {
  const user = await start();
  expect(await user.kill("SIGTERM")).toBe("SIGTERM");
  expect(serverPid(user.dataDirectory)).toBeUndefined();

  const starting = await UserProcess.launch();
  const interrupted = starting.start(folder).catch((error: Error) => error);
  await vi.waitFor(() => expect(serverPid(user.dataDirectory)).toBeDefined(), { interval: 1, timeout: 30_000 });
  expect(await starting.kill("SIGTERM")).toBe("SIGTERM");
  await interrupted;
  expect(serverPid(user.dataDirectory)).toBeUndefined();
});

test("the process id of a dead server may belong to someone else by now", async () => {
  const user = await start();
  killAll([user.pid, ...serverProcesses(user.dataDirectory)]);
  const { uid, gid } = statSync(user.dataDirectory);
  // Of the same user: only then does PostgreSQL itself take it for its server.
  const other = spawn("sleep", ["60"], { ...(isRoot ? { uid, gid } : {}), stdio: "ignore" });
  const file = postmasterFilePath(user.dataDirectory);
  writeFileSync(file, `${other.pid}\n${user.dataDirectory}\n1700000000\n5432\n/nowhere\n\n  1234567     12345\nready   \n`);
  if (isRoot) chownSync(file, uid, gid);
  const next = await start();
  expect([next.joined, await next.query("select 1 as one")]).toEqual([false, [{ one: 1 }]]);
  await next.stop();
  other.kill();
});

test.runIf(isRoot)("root below a folder that nobody else may enter", async () => {
  chmodSync(folder.root, 0o700);
  const user = await start();
  expect(user.dataDirectory.startsWith(system.folder)).toBe(true);
  expect(statSync(user.dataDirectory).uid).not.toBe(0);
  await user.query("create table kept (id int)");
  await user.stop();
  const next = await start();
  expect(await next.query("select id from kept")).toEqual([]);
  await next.stop();
});

test.runIf(isRoot)("an unprivileged user keeps the data in the app, and root serves it as that user", async () => {
  const home = path.join(folder.root, "home");
  for (const made of [folder.directory, home]) {
    mkdirSync(made, { recursive: true });
    chownSync(made, 65534, 65534);
  }
  const env = { VELELLA_TEST_UID: "65534", XDG_CACHE_HOME: home, VELELLA_TEST_CACHE: path.join(home, "velella"), HOME: home };
  const user = await UserProcess.started(folder, env);
  expect(user.dataDirectory).toBe(path.join(folder.directory, "data"));
  await user.query("create table kept (id int)");

  const root = await start();
  expect([root.joined, root.url]).toEqual([true, user.url]);
  await Promise.all([root.stop(), user.stop()]);

  const rootAlone = await start();
  expect([rootAlone.joined, statSync(path.join(rootAlone.dataDirectory, "PG_VERSION")).uid]).toEqual([false, 65534]);
  expect(await rootAlone.query("select id from kept")).toEqual([]);
  await rootAlone.stop();

  const again = await UserProcess.started(folder, env);
  expect(await again.query("select id from kept")).toEqual([]);
  await again.stop();
});

test.runIf(isRoot)("an unprivileged user is told that the data is root's", async () => {
  await (await start()).stop();
  const user = await UserProcess.launch({ VELELLA_TEST_UID: "65534", VELELLA_TEST_CACHE: path.join(folder.root, "cache") });
  await expect(user.start(folder)).rejects.toMatchObject({
    reason: "embedded.owned_by_another",
    message: expect.stringContaining("belongs to root"),
  });
  await user.kill();
});

test.runIf(isRoot)("a copy of an app gets a database of its own, a moved app keeps its", async () => {
  const original = await start();
  await original.query("create table kept (id int)");
  await original.stop();
  const app = path.join(folder.root, "app");
  cpSync(app, path.join(folder.root, "copy"), { recursive: true });
  const copy = await UserProcess.started({ ...folder, directory: folder.directory.replace("/app/", "/copy/") });
  await expect(copy.query("select id from kept")).rejects.toThrow("does not exist");
  await vi.waitFor(() => expect(copy.output).toContain("of which this folder is a copy"), { timeout: 30_000 });
  await copy.stop();

  renameSync(app, path.join(folder.root, "moved"));
  const moved = await UserProcess.started({ ...folder, directory: folder.directory.replace("/app/", "/moved/") });
  expect(await moved.query("select id from kept")).toEqual([]);
  await moved.stop();
});

test.runIf(isRoot)("the database of an app for temporary files goes when the app has gone", async () => {
  const user = await start();
  const home = path.dirname(user.dataDirectory);
  const other = { ...folder, directory: path.join(folder.root, "other", "postgres") };
  rmSync(path.dirname(folder.directory), { recursive: true });
  const first = await UserProcess.started(other);
  // Its server still runs.
  expect(existsSync(home)).toBe(true);
  await Promise.all([first.stop(), user.stop()]);
  rmSync(path.dirname(folder.directory), { recursive: true, force: true });

  const second = await UserProcess.started({ ...other, directory: `${other.directory}-2` });
  expect([existsSync(home), existsSync(path.dirname(first.dataDirectory))]).toEqual([false, true]);
  await second.stop();
});

/** Whether a database is being created: in the app's folder, or in root's. */
function dataDraft(): boolean {
  const home = isRoot ? locationOf(folder.directory) : folder.directory;
  return (
    home !== undefined &&
    existsSync(home) &&
    readdirSync(home).some((name) => name.startsWith("data-draft-") && existsSync(path.join(home, name, "global")))
  );
}

function locationOf(directory: string): string | undefined {
  const file = path.join(directory, "location.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { home: string }).home : undefined;
}

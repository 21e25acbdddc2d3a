import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { redisUrlForTests } from "../../packages/framework/src/redis/testing/redis-url";
import { checkAppCopy } from "../../scripts/check/apps.mjs";
import { velella } from "../support/command-line";
import { eventually, startApp } from "../support/running-app";
import type { RunningApp } from "../support/running-app";
import { scratchApp } from "../support/scratch-app";
import type { ScratchApp } from "../support/scratch-app";
import { blocksOf, docApp, docBlocks } from "./doc-blocks";

const root = join(__dirname, "..", "..");
const redisUrl = await redisUrlForTests();

let database: TestDatabase;
let scratch: ScratchApp;
let app: RunningApp;
let env: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  const files = docApp(["modules"]);
  // The page has the default, with which a dead letter takes a quarter of a minute.
  files["medusa-config.ts"] = files["medusa-config.ts"]!.replace("deliveryBackoff: 1,", "deliveryBackoff: 0.02,");
  files["src/api/start/route.ts"] = `
    export const POST = async (req: any, res: any) => {
      const { result } = await req.scope.resolve("workflows").run(req.body.workflow, { input: req.body.input });
      res.json({ result });
    };`;
  scratch = scratchApp(files);
  env = { DATABASE_URL: database.url, ARCHIVE_SCHEDULE: "* * * * * *" };
  await succeed("db:generate", "blog");
  await succeed("db:migrate");
  app = await startApp({ directory: scratch.directory, env });
});
afterAll(async () => {
  await app?.stop();
  scratch?.remove();
  await database?.drop();
});

async function succeed(...args: string[]): Promise<string> {
  const { code, output } = await velella(args, { directory: scratch.directory, env });
  expect(code, output).toBe(0);
  return output;
}

interface Post {
  id: string;
  title: string;
  status: string;
  views: number;
}

async function request<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await app.request(method, path, body === undefined ? {} : { body });
  expect(answer.status, answer.text).toBe(200);
  return answer.body as T;
}

const create = async (title: string) => (await request<{ post: Post }>("POST", "/posts", { title })).post;
const start = async (workflow: string, input: unknown) =>
  (await request<{ result: unknown }>("POST", "/start", { workflow, input })).result;

async function stored(id: string): Promise<Post> {
  const { rows } = await (await pool()).query<Post>("select id, title, status, views from post where id = $1", [id]);
  return rows[0]!;
}

let connection: Awaited<ReturnType<typeof connect>> | undefined;
const connect = async () => {
  const { createConnection } = await import("@velella/data");
  return createConnection({ url: database.url });
};
const pool = async () => (connection ??= await connect());
afterAll(async () => connection?.close());

describe("workflows", () => {
  test("create, rename and undo", async () => {
    const { id, title } = await create("  Hello ");
    expect(title).toBe("Hello");
    expect(await start("rename-post", { id, title: "Hello again" })).toMatchObject({ title: "Hello", status: "draft" });
    expect(await stored(id)).toMatchObject({ title: "Hello again", status: "draft" });

    const untitled = await create("Untitled");
    const refused = await app.request("POST", `/posts/${untitled.id}/publish`);
    expect(refused.status).toBe(500);
    expect((await stored(untitled.id)).status).not.toBe("published");
  });

  test("publish at once, or once someone has approved", async () => {
    const quick = await create("Quick");
    expect(await request("POST", `/posts/${quick.id}/publish`, {})).toEqual({ state: "done" });
    expect((await stored(quick.id)).status).toBe("published");
    const slow = await create("Slow");
    expect(await request("POST", `/posts/${slow.id}/publish`, { needsApproval: true })).toEqual({ state: "invoking" });
    expect((await stored(slow.id)).status).toBe("draft");
    await request("POST", `/posts/${slow.id}/approve`);
    await eventually(async () => (await stored(slow.id)).status === "published", "it is published");
  });

  test("a client follows a run to its end by server-sent events", async () => {
    const post = await create("Followed");
    const { body } = await fetch(`${app.url}/posts/${post.id}/progress`);
    await request("POST", `/posts/${post.id}/publish`, { needsApproval: true });
    await request("POST", `/posts/${post.id}/approve`);
    // The route ends the stream with the run.
    const events = (await new Response(body).text()).matchAll(/^data: (.+)$/gm);
    const told = [...events].map(([, data]) => JSON.parse(data!) as { eventType: string; state: string; step?: string });
    expect(told[0]).toMatchObject({ eventType: "onBegin", state: "invoking" });
    expect(told).toContainEqual({ eventType: "onStepSuccess", step: "publish", state: "invoking" });
    expect(told.at(-1)).toMatchObject({ eventType: "onFinish", state: "done" });
  });

  test("runs are listed", async () => {
    const { runs, count } = await request<{ runs: unknown[]; count: number }>("GET", "/runs");
    expect(count).toBe(runs.length);
    expect(runs).toContainEqual({
      transaction_id: expect.stringContaining("post_"),
      state: "done",
      execution: { steps: expect.arrayContaining([{ key: "publish" }]) },
    });
  });

  test("the commands of the page", async () => {
    const { id } = await create("Commanded");
    await request("POST", `/posts/${id}/publish`, {});
    const commands = commandsOf("docs/workflows.md").map((words) =>
      words.map((word) => ({ TRANSACTION: id, WORKFLOW: "publish-post" })[word] ?? word),
    );
    expect(commands.map(([, name]) => name)).toEqual(["list", "show", "explain", "retry", "cancel"]);
    for (const [group, name, ...args] of commands) {
      if (name !== "retry") await succeed(group!, name!, ...args);
      else
        expect((await velella([group!, name, ...args], { directory: scratch.directory, env })).output).toContain(
          "has no parked or failed run",
        );
    }
    expect((await stored(id)).status).toBe("draft");
    expect(await succeed("hooks", "--handled")).toMatch(/^publish-post +postPublished +src\/workflows\/hooks\/refuse-untitled\.ts$/m);
  });

  test("the settings of the page are the defaults", () => {
    const settings = docBlocks().find(({ title }) => title === "medusa-config.ts")!.code;
    const source = readFileSync(join(root, "packages/framework/src/config/workflow-settings.ts"), "utf8");
    const listed = [...settings.matchAll(/^ {6}(\w+): ([\d_]+),/gm)];
    expect(listed.length).toBeGreaterThan(5);
    for (const [, name, value] of listed) {
      const said = new RegExp(`([\\d,]+) by default\\. \\*/\\n\\s+${name}:`).exec(source)?.[1];
      expect(said?.replaceAll(",", ""), name).toBe(value!.replaceAll("_", ""));
    }
  });
});

describe("events", () => {
  test("views are counted one after the other", async () => {
    const { id } = await create("Seen");
    await Promise.all([1, 2, 3, 4, 5].map(() => request("POST", `/posts/${id}/view`)));
    await eventually(async () => (await stored(id)).views === 5, "all views are counted");
  });

  test("what a subscriber fails on is put aside, and replayed by the commands of the page", async () => {
    const [announced, given] = [await create("Announced"), await create("Given up")];
    for (const { id } of [announced, given]) await request("POST", `/posts/${id}/publish`, {});
    const deadOf = async (id: string) => {
      const output = await succeed("events", "list", "--dead", "--json");
      return (JSON.parse(output.trim().split("\n").at(-1)!) as { id: string; data: { id: string } }[]).find(({ data }) => data.id === id)
        ?.id;
    };
    const [event, other] = [
      await eventually(() => deadOf(announced.id), "the delivery is given up"),
      await eventually(() => deadOf(given.id), "the other one, too"),
    ];
    scratch.write("mail-server-is-up", "");
    const [list, replay, discard, discardOf, orphaned] = commandsOf("docs/events.md");
    const named = (words: string[] | undefined, id: string) => (words ?? []).map((word) => (word === "EVENT_ID" ? id : word));
    await succeed(...list!);
    await succeed(...named(replay, event));
    await eventually(async () => app.output().includes(`announced post.published of ${announced.id}`), "it is announced");
    await succeed(...named(discard, other));
    await succeed(...orphaned!);
    expect(await deadOf(given.id)).toBeUndefined();
    expect(await succeed(...discardOf!)).toContain("There is no such delivery");
  });
});

test("jobs: drafts without a title are archived, and a scheduled workflow goes on from there", async () => {
  const { id } = await create("Untitled");
  await request("POST", `/posts/${id}/like`);
  await eventually(async () => {
    const { status, views } = await stored(id);
    return status === "archived" && views === 0;
  }, "it is archived, and its views are reset");
  const [list, history, failed] = commandsOf("docs/jobs.md");
  expect(await succeed(...list!)).toMatch(/^archive-drafts +\* \* \* \* \* \*, Europe\/Berlin /m);
  expect(await succeed(...history!)).toContain("workflow:reset-views");
  await succeed(...failed!);
});

describe("locking", () => {
  test("one at a time, whoever asks", async () => {
    const { id } = await create("Liked");
    const counted = await Promise.all(Array.from({ length: 8 }, () => request<{ views: number }>("POST", `/posts/${id}/like`)));
    expect(counted.map(({ views }) => views).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test("a workflow holds locks from step to step", async () => {
    const [from, into] = [await create("From"), await create("Into")];
    await request("POST", `/posts/${from.id}/like`);
    await request("POST", `/posts/${into.id}/like`);
    await request("POST", "/posts/merge", { from: from.id, into: into.id });
    expect((await stored(into.id)).views).toBe(2);
    expect(await request("POST", `/posts/${into.id}/like`)).toEqual({ views: 3 });
  });
});

test("caching: an answer is kept until an event tells of a change", async () => {
  const popular = () => request<{ posts: Post[]; isCached: boolean }>("GET", "/posts/popular");
  const { id } = await create("Kept");
  await eventually(async () => {
    await popular();
    return (await popular()).isCached;
  }, "it is cached");
  await request("POST", `/posts/${id}/touch`, { title: "Changed" });
  await eventually(async () => !(await popular()).isCached, "it is computed again");
});

test("the app of the pages type-checks", async () => {
  const directory = mkdtempSync(join(tmpdir(), "velella-docs-"));
  try {
    for (const [file, text] of Object.entries(docApp(["modules"]))) {
      mkdirSync(dirname(join(directory, file)), { recursive: true });
      writeFileSync(join(directory, file), text);
    }
    cpSync(join(root, "examples", "shop", "tsconfig.json"), join(directory, "tsconfig.json"));
    writeFileSync(join(directory, "package.json"), JSON.stringify({ name: "docs-app", private: true }));
    expect(await checkAppCopy(root, directory, { name: "docs-app", types: ".velella/types" })).toEqual({ ok: true, output: "" });
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test.runIf(redisUrl)("locks and caches in Redis, as the pages configure them", async () => {
  const redis = scratchApp({
    ...docApp(["modules, with Redis"]),
    "src/scripts/use.ts": `
      export default async function ({ container }: any) {
        const key = "docs-test:" + process.pid;
        await container.resolve("locking").acquire(key, { ownerId: "one" });
        const refused = await container.resolve("locking").acquire(key, { ownerId: "two" }).catch((error: Error) => error.message);
        await container.resolve("locking").release(key, { ownerId: "one" });
        await container.resolve("caching").set({ key, data: { n: 1 }, ttl: 5 });
        console.log(refused, JSON.stringify(await container.resolve("caching").get({ key })));
      }`,
  });
  try {
    const { code, output } = await velella(["exec", "./src/scripts/use.ts"], {
      directory: redis.directory,
      env: { ...env, REDIS_URL: redisUrl },
    });
    expect(code, output).toBe(0);
    expect(output).toMatch(/Failed to acquire lock for key "docs-test:\d+" \{"n":1\}/);
  } finally {
    redis.remove();
  }
});

/** The commands in the shell blocks of a page, as words. */
function commandsOf(page: string): string[][] {
  return blocksOf(page)
    .filter(({ language }) => language === "sh")
    .flatMap(({ code }) => code.trim().split("\n"))
    .map((line) => line.replace(/#.*/, "").trim().split(/\s+/).slice(1));
}

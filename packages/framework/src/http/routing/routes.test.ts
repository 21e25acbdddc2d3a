import { createContainer, silentLogger } from "@velella/kernel";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { HttpServer } from "../http-server";
import { startServer } from "../testing/start-server";
import type { StartedServer } from "../testing/start-server";

let folder: string;
let running: StartedServer | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "velella-routes-"));
});
afterEach(async () => {
  await running?.server.close();
  running = undefined;
  rmSync(folder, { recursive: true });
});

function write(name: string, text: string): string {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

const answer = (text: string) => `exports.GET = (req, res) => { res.json({ ${text} }); };`;
const loaded: string[] = [];
const load = (file: string): unknown => {
  loaded.push(file);
  delete require.cache[file];
  return require(file);
};

async function start(settings: { lazy?: boolean } = {}): Promise<StartedServer> {
  loaded.length = 0;
  return (running = await startServer((server) => void server.addRoutes(folder, settings), { load }));
}

test("folders are paths, [name] folders are parameters", async () => {
  write("route.js", answer("root: true"));
  write("admin/artists/route.js", answer("list: true"));
  write("admin/artists/[id]/route.js", answer("id: req.params.id"));
  write("admin/artists/[id]/route.d.ts", "");
  write("admin/artists/validators.js", "");
  const { send, server } = await start();
  expect((await send("GET", "/")).body).toEqual({ root: true });
  expect((await send("GET", "/admin/artists")).body).toEqual({ list: true });
  expect((await send("GET", "/admin/artists/art_1")).body).toEqual({ id: "art_1" });
  expect(server.routes().map(({ method, path }) => `${method} ${path}`)).toEqual(["GET /", "GET /admin/artists", "GET /admin/artists/:id"]);
  expect(loaded).toHaveLength(3);
});

test("the route's own middlewares run before the app's, and are told by routes()", async () => {
  write(
    "things/route.js",
    `function own(req, res, next) { req.order = ["own"]; next(); }
     exports.POST = (req, res) => { res.json(req.order); };
     exports.middlewares = { POST: [own] };`,
  );
  const app = write(
    "middlewares.js",
    `exports.default = { routes: [{ matcher: "/things", middlewares: [function app(req, res, next) { req.order.push("app"); next(); }] }] };`,
  );
  running = await startServer((server) => void server.addRoutes(folder).useMiddlewares(app), { load });
  expect((await running.send("POST", "/things")).body).toEqual(["own", "app"]);
  expect(running.server.routes()).toEqual([
    { method: "POST", path: "/things", file: join(folder, "things/route.js"), layers: ["loadSession", "parseBody", "own", "app", "POST"] },
  ]);
});

test("lazy routes are loaded with their first request", async () => {
  write("a/route.js", answer("a: 1"));
  write("b/route.js", answer("b: 1"));
  const { send } = await start({ lazy: true });
  expect(loaded).toEqual([]);
  expect((await send("GET", "/a")).body).toEqual({ a: 1 });
  expect((await send("GET", "/a")).body).toEqual({ a: 1 });
  expect((await send("PATCH", "/a")).status).toBe(404);
  expect(loaded).toEqual([join(folder, "a/route.js")]);
});

test("a lazy route that cannot be loaded is an error of its requests only, until it is mended", async () => {
  const file = write("a/route.js", "throw new Error('broken file')");
  const { send, log } = await start({ lazy: true });
  expect((await send("GET", "/a")).status).toBe(500);
  expect(log()).toContain("broken file");
  writeFileSync(file, answer("a: 2"));
  expect((await send("GET", "/a")).body).toEqual({ a: 2 });
});

test("of two sources the later one answers, method by method", async () => {
  write("things/[id]/route.js", `${answer("core: req.params.id")} exports.DELETE = exports.GET;`);
  running = await startServer(
    (server) => {
      server.addRoutes(folder);
      server.addRoutes([
        {
          path: "/things/:handle",
          exports: { GET: (req: { params: object }, res: { json(body: unknown): void }) => res.json({ app: req.params }) },
        },
      ]);
    },
    { load },
  );
  expect((await running.send("GET", "/things/x")).body).toEqual({ app: { handle: "x" } });
  expect((await running.send("DELETE", "/things/x")).body).toEqual({ core: "x" });
});

test("what is wrong with route files is said with file and cause", () => {
  const first = write("a/[id]/route.js", answer("a: 1"));
  const second = write("a/[handle]/route.js", answer("a: 1"));
  expect(() => startSync()).toThrow(`Two route files answer /a/:id: ${second} and ${first}.`);
  rmSync(dirname(second), { recursive: true });
  writeFileSync(first, "exports.GET = 5;");
  expect(() => startSync()).toThrow(`${first} exports GET, which must be a function, not number.`);
  writeFileSync(first, "exports.get = () => {};");
  expect(() => startSync()).toThrow(
    `${first} exports no handler: one of GET, POST, PUT, PATCH, DELETE, OPTIONS, HEAD was expected, get came.`,
  );
  writeFileSync(first, `${answer("a: 1")} exports.AUTHENTICATE = "no";`);
  expect(() => startSync()).toThrow("exports AUTHENTICATE, which must be true or false, not string.");
  rmSync(dirname(first), { recursive: true });
  write("b/[...all]/route.js", answer("a: 1"));
  expect(() => startSync()).toThrow('The folder "[...all]" of');
});

function startSync(): void {
  new HttpServer({ container: createContainer(), logger: silentLogger(), config: {}, load }).addRoutes(folder).compile();
}

test("reload takes over changed, new and removed files at once, or keeps the old ones", async () => {
  const a = write("a/route.js", answer("version: 1"));
  const middlewares = write(
    "middlewares.js",
    `exports.default = { routes: [{ matcher: "/", middlewares: [(req, res, next) => { res.set("x-mw", "1"); next(); }] }] };`,
  );
  running = await startServer((server) => void server.addRoutes(folder).useMiddlewares(middlewares), { load });
  const { fetch, send, server } = running;
  writeFileSync(a, answer("version: 2"));
  expect((await send("GET", "/a")).body).toEqual({ version: 1 });
  const b = write("b/route.js", answer("b: 1"));
  writeFileSync(
    middlewares,
    `exports.default = { routes: [{ matcher: "/", middlewares: [(req, res, next) => { res.set("x-mw", "2"); next(); }] }] };`,
  );
  server.reload([a, b, middlewares]);
  expect((await send("GET", "/a")).body).toEqual({ version: 2 });
  expect((await send("GET", "/b")).body).toEqual({ b: 1 });
  expect((await fetch("/a")).headers.get("x-mw")).toBe("2");
  writeFileSync(a, "exports.GET = nothing;");
  expect(() => server.reload([a])).toThrow("nothing is not defined");
  expect((await send("GET", "/a")).body).toEqual({ version: 2 });
  writeFileSync(a, answer("version: 3"));
  rmSync(dirname(b), { recursive: true });
  server.reload([a]);
  expect((await send("GET", "/a")).body).toEqual({ version: 3 });
  expect((await send("GET", "/b")).status).toBe(404);
});

test("middlewares of the wrong kind are refused with the entry", () => {
  const server = new HttpServer({ container: createContainer(), logger: silentLogger(), config: {} });
  expect(() => server.useMiddlewares({ routes: [{ matcher: 5 as never }] })).toThrow(
    "The middlewares of the app, entry 1 must be matched by a string or RegExp, not number.",
  );
  expect(() => server.useMiddlewares({ routes: [{ matcher: "/a", middlewares: ["x" as never] }] })).toThrow(
    "must be functions, not string",
  );
  expect(() => server.useMiddlewares({ routes: [{ matcher: "/a", methods: ["FETCH" as never] }] })).toThrow("limited to methods among GET");
});

// oxlint-disable-next-line typescript/triple-slash-reference -- the check of test files sees no others
/// <reference path="./testing/untyped-packages.d.ts" />
import compression from "compression";
import cors from "cors";
import type { RequestHandler } from "express";
import session from "express-session";
import multer from "multer";
import { Passport, Strategy } from "passport";
import { afterEach, expect, test } from "vitest";
import { defineMiddlewares } from "./middlewares/define-middlewares";
import { startServer } from "./testing/start-server";
import type { StartedServer } from "./testing/start-server";
import type { AppRequest, AppResponse, MiddlewareRoute } from "./types";

let running: StartedServer | undefined;
afterEach(async () => {
  await running?.server.close();
  running = undefined;
});

type Handlers = Record<string, (req: AppRequest, res: AppResponse) => unknown>;

async function start(routes: Record<string, Handlers>, entries: MiddlewareRoute[]): Promise<StartedServer> {
  return (running = await startServer((server) => {
    server.addRoutes(Object.entries(routes).map(([path, exports]) => ({ path, exports })));
    server.useMiddlewares(defineMiddlewares(entries));
  }));
}

const cookieOf = (response: Response) =>
  response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";", 1)[0])
    .join("; ");

test("cors answers preflights, and adds its headers to answers and failures", async () => {
  const failing = () => {
    throw new TypeError("broken");
  };
  const { fetch } = await start({ "/shared": { GET: (_req, res) => res.json({}), POST: failing } }, [
    { matcher: "/shared", middlewares: [cors({ origin: ["http://a.test"], credentials: true, exposedHeaders: ["x-total"] })] },
  ]);
  const headers = { origin: "http://a.test", "access-control-request-method": "POST", "access-control-request-headers": "x-a" };
  const preflight = await fetch("/shared", { method: "OPTIONS", headers });
  expect([preflight.status, preflight.headers.get("access-control-allow-headers")]).toEqual([204, "x-a"]);
  const answer = await fetch("/shared", { headers });
  expect(answer.headers.get("access-control-allow-origin")).toBe("http://a.test");
  expect(answer.headers.get("access-control-expose-headers")).toBe("x-total");
  const failed = await fetch("/shared", { method: "POST", headers });
  expect([failed.status, failed.headers.get("access-control-allow-origin")]).toEqual([500, "http://a.test"]);
  expect((await fetch("/shared", { headers: { origin: "http://b.test" } })).headers.get("access-control-allow-origin")).toBeNull();
});

test("multer takes files and fields of a form, and its refusal of a large file goes to the error handler", async () => {
  const upload = multer({ storage: multer.memoryStorage(), limits: { fileSize: 1000 } });
  const describe: Handlers[string] = (req, res) => {
    const files = (req as unknown as { files: { originalname: string; mimetype: string; buffer: Buffer }[] }).files;
    res.json({ body: req.body, files: files.map((file) => [file.originalname, file.mimetype, file.buffer.toString()]) });
  };
  const { fetch } = await start({ "/files": { POST: describe } }, [
    { matcher: "/files", methods: ["POST"], middlewares: [upload.array("files")] },
  ]);
  const form = new FormData();
  form.append("title", "two files");
  form.append("files", new File(["one"], "a.txt", { type: "text/plain" }));
  form.append("files", new File(["{}"], "b.json", { type: "application/json" }));
  expect(await (await fetch("/files", { method: "POST", body: form })).json()).toEqual({
    body: { title: "two files" },
    files: [
      ["a.txt", "text/plain", "one"],
      ["b.json", "application/json", "{}"],
    ],
  });
  const large = new FormData();
  large.append("files", new File(["x".repeat(2000)], "large.txt"));
  expect((await fetch("/files", { method: "POST", body: large })).status).toBe(500);
});

test("compression packs what is json, sent and streamed; the session's cookie still goes out", async () => {
  const rows = Array.from({ length: 200 }, (_, index) => ({ index }));
  const { fetch } = await start(
    {
      "/packed/json": { GET: (req, res) => ((req.session.seen = true), res.json(rows)) },
      "/packed/stream": {
        GET: async (req, res) => {
          req.session.seen = true;
          res.setHeader("Content-Type", "text/plain");
          for (const row of rows) res.write(`${row.index}\n`);
          await new Promise((resolve) => setTimeout(resolve, 10));
          res.end("end");
        },
      },
      "/packed/small": { GET: (_req, res) => res.json({}) },
      "/packed/failing": {
        GET: () => {
          throw new TypeError("broken");
        },
      },
    },
    [{ matcher: "/packed*", middlewares: [compression({ threshold: 100 })] }],
  );
  const json = await fetch("/packed/json");
  expect([json.headers.get("content-encoding"), await json.json()]).toEqual(["gzip", rows]);
  expect(cookieOf(json)).toContain("connect.sid=");
  const stream = await fetch("/packed/stream");
  expect(stream.headers.get("content-encoding")).toBe("gzip");
  expect(await stream.text()).toBe(`${rows.map((row) => row.index).join("\n")}\nend`);
  expect(cookieOf(stream)).toContain("connect.sid=");
  expect((await fetch("/packed/small")).headers.get("content-encoding")).toBeNull();
  const head = await fetch("/packed/json", { method: "HEAD" });
  expect([head.status, await head.text()]).toEqual([200, ""]);
  expect(await (await fetch("/packed/failing")).json()).toMatchObject({ type: "unknown_error" });
});

test("a session's cookie goes out with the first bytes of a stream, beside cookies of the handler", async () => {
  const { fetch } = await start(
    {
      "/stream": {
        GET: (req, res) => {
          req.session.name = "ada";
          res.writeHead(200, { "Content-Type": "text/plain", "Set-Cookie": "theme=dark" });
          res.write("first");
          res.end("last");
        },
      },
      "/list": {
        GET: (req, res) => {
          req.session.name = "ada";
          res.writeHead(201, ["Set-Cookie", "a=1", "Set-Cookie", "b=2"]);
          res.end();
        },
      },
      "/name": { GET: (req, res) => res.json({ name: req.session.name ?? null }) },
    },
    [],
  );
  const first = await fetch("/stream");
  expect(await first.text()).toBe("firstlast");
  const cookie = cookieOf(first);
  expect(cookie).toMatch(/^theme=dark; connect\.sid=/);
  expect(await (await fetch("/name", { headers: { cookie } })).json()).toEqual({ name: "ada" });
  const list = await fetch("/list");
  expect([list.status, cookieOf(list)]).toEqual([201, expect.stringMatching(/^a=1; b=2; connect\.sid=/)]);
});

test("express-session leaves the request to the session that is there, as it does for any other", async () => {
  const { fetch } = await start(
    {
      "/visits": {
        GET: (req, res) => {
          req.session.visits = Number(req.session.visits ?? 0) + 1;
          res.json({ visits: req.session.visits, id: req.sessionID === req.session.id });
        },
      },
    },
    [{ matcher: "/visits", middlewares: [session({ secret: "own", resave: false, saveUninitialized: false })] }],
  );
  const first = await fetch("/visits");
  expect(await first.json()).toEqual({ visits: 1, id: true });
  const cookie = cookieOf(first);
  expect(await (await fetch("/visits", { headers: { cookie } })).json()).toEqual({ visits: 2, id: true });
});

/** Believes what the header `x-user` says. */
class HeaderStrategy extends Strategy {
  override authenticate(req: AppRequest): void {
    const name = req.get("x-user");
    if (name) this.success({ id: name });
    else this.fail("Header", 401);
  }
}

test("passport logs in with a strategy, keeps the user in the session, and logs out", async () => {
  const passport = new Passport();
  passport.use("header", new HeaderStrategy());
  passport.serializeUser((user, done) => done(null, user.id));
  passport.deserializeUser((id, done) => done(null, { id }));
  type User = AppRequest & { user?: { id: string }; logout(done: (error?: unknown) => void): void; isAuthenticated(): boolean };
  const { fetch } = await start(
    {
      "/login": { POST: (req, res) => res.json({ user: (req as User).user }) },
      "/me": { GET: (req, res) => res.json({ user: (req as User).user ?? null, known: (req as User).isAuthenticated() }) },
      "/logout": { POST: (req, res) => (req as User).logout((error) => res.json({ out: !error })) },
      "/token": { GET: (req, res) => res.json({ user: (req as User).user }) },
    },
    [
      { matcher: "/*", middlewares: [passport.initialize(), passport.session()] as RequestHandler[] },
      { matcher: "/login", methods: ["POST"], middlewares: [passport.authenticate("header")] },
      {
        matcher: "/token",
        methods: ["GET"],
        middlewares: [passport.authenticate("header", { session: false, failureRedirect: "/login" })],
      },
    ],
  );
  expect((await fetch("/login", { method: "POST" })).status).toBe(401);
  const login = await fetch("/login", { method: "POST", headers: { "x-user": "ada" } });
  expect(await login.json()).toEqual({ user: { id: "ada" } });
  const cookie = cookieOf(login);
  const me = (withCookie: string) => fetch("/me", { headers: { cookie: withCookie } }).then((response) => response.json());
  expect(await me(cookie)).toEqual({ user: { id: "ada" }, known: true });
  const logout = await fetch("/logout", { method: "POST", headers: { cookie } });
  expect(await logout.json()).toEqual({ out: true });
  expect(await me(cookie)).toEqual({ user: null, known: false });
  expect(await me(cookieOf(logout))).toEqual({ user: null, known: false });
  const redirected = await fetch("/token", { redirect: "manual" });
  expect([redirected.status, redirected.headers.get("location")]).toEqual([302, "/login"]);
  expect(await (await fetch("/token", { headers: { "x-user": "eve" } })).json()).toEqual({ user: { id: "eve" } });
});

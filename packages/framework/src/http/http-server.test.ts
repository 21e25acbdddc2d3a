import { AppError } from "@velella/kernel";
import express from "express";
import { afterEach, expect, test } from "vitest";
import { defineMiddlewares } from "./middlewares/define-middlewares";
import { startServer } from "./testing/start-server";
import type { StartedServer } from "./testing/start-server";
import type { AppRequest, AppResponse, MiddlewareVerb, NextFunction } from "./types";

let running: StartedServer | undefined;
afterEach(async () => {
  await running?.server.close();
  running = undefined;
});

async function start(...args: Parameters<typeof startServer>): Promise<StartedServer> {
  return (running = await startServer(...args));
}

const methodsRoute = {
  path: "/probe/methods",
  exports: Object.fromEntries(
    ["GET", "POST", "PUT", "PATCH", "DELETE"].map((method) => [
      method,
      (req: AppRequest & { marks?: string[] }, res: AppResponse) =>
        void res.json({ method: req.method, query: req.query, body: req.body ?? null, marks: req.marks ?? [] }),
    ]),
  ),
};

const mark = (label: string) => (req: AppRequest & { marks?: string[] }, res: AppResponse, next: NextFunction) => {
  req.marks = [...(req.marks ?? []), label];
  res.setHeader("x-marks", req.marks.join(","));
  next();
};

test("methods, nested query strings, and middlewares with and without methods", async () => {
  const { fetch } = await start((server) => {
    server.addRoutes([methodsRoute]).useMiddlewares(
      defineMiddlewares({
        routes: [
          { matcher: "/probe*", middlewares: [mark("star")] },
          { matcher: "/probe/methods", methods: ["POST", "PUT"], middlewares: [mark("methods-1"), mark("methods-2")] },
        ],
      }),
    );
  });
  for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
    const response = await fetch("/probe/methods?a=1&b[]=x&b[]=y", {
      method,
      ...(method === "GET" ? {} : { body: JSON.stringify({ m: method }), headers: { "content-type": "application/json" } }),
    });
    const marks = ["POST", "PUT"].includes(method) ? ["star", "methods-1", "methods-2"] : ["star"];
    expect(response.headers.get("x-marks")).toBe(marks.join(","));
    expect(await response.json()).toEqual({ method, query: { a: "1", b: ["x", "y"] }, body: method === "GET" ? {} : { m: method }, marks });
  }
});

test("lists in the query string stay lists, however long", async () => {
  const { fetch } = await start((server) => server.addRoutes([methodsRoute]));
  const ids = Array.from({ length: 60 }, (_, index) => `id[]=${index}`).join("&");
  const { query } = (await (await fetch(`/probe/methods?${ids}`)).json()) as { query: { id: string[] } };
  expect(query.id).toHaveLength(60);
});

test("paths match whatever their case, with or without a final slash; static folders before parameters", async () => {
  const { send } = await start((server) => {
    server.addRoutes([
      { path: "/things/:id", exports: { GET: (req: AppRequest, res: AppResponse) => void res.json(req.params) } },
      { path: "/things/batch", exports: { POST: (_req: AppRequest, res: AppResponse) => void res.json({ batch: true }) } },
    ]);
  });
  expect((await send("GET", "/Things/ABC%20d/")).body).toEqual({ id: "ABC d" });
  expect((await send("POST", "/things/batch", {})).body).toEqual({ batch: true });
  expect((await send("GET", "/things/batch")).body).toEqual({ id: "batch" });
});

test("a route without a handler for the method, and an unknown path, are HTML 404 as Express writes it", async () => {
  const { fetch } = await start((server) => {
    server.addRoutes([{ path: "/only-get", exports: { GET: (_req: AppRequest, res: AppResponse) => void res.json({}) } }]);
    server.useMiddlewares(defineMiddlewares([{ matcher: "/probe*", middlewares: [mark("seen")] }]));
  });
  const unknown = await fetch("/probe/<nothing>");
  expect(unknown.status).toBe(404);
  expect(unknown.headers.get("x-marks")).toBe("seen");
  expect(unknown.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(await unknown.text()).toContain("<pre>Cannot GET /probe/%3Cnothing%3E</pre>");
  expect((await fetch("/only-get", { method: "DELETE" })).status).toBe(404);
});

test("health, HEAD and OPTIONS", async () => {
  const { fetch } = await start((server) => server.addRoutes([methodsRoute]));
  const health = await fetch("/health");
  expect([health.status, await health.text()]).toEqual([200, "OK"]);
  const head = await fetch("/probe/methods", { method: "HEAD" });
  expect([head.status, await head.text()]).toEqual([200, ""]);
  expect(Number(head.headers.get("content-length"))).toBeGreaterThan(0);
  const options = await fetch("/probe/methods", { method: "OPTIONS" });
  expect(options.headers.get("allow")).toBe("GET, POST, PUT, PATCH, DELETE, HEAD");
});

test("bodies: forms, raw bytes, limits, malformed JSON, none at all", async () => {
  const answer = (req: AppRequest, res: AppResponse) => void res.json({ raw: req.rawBody?.toString() ?? null, body: req.body });
  const { fetch, send } = await start((server) => {
    server.addRoutes([
      { path: "/raw", exports: { POST: answer, PUT: answer } },
      { path: "/unread", exports: { POST: (req: AppRequest, res: AppResponse) => void res.json({ body: req.body === undefined }) } },
      { path: "/by/:kind", exports: { POST: answer } },
      methodsRoute,
    ]);
    server.useMiddlewares(
      defineMiddlewares([
        { matcher: "/raw", methods: ["POST"], bodyParser: { preserveRawBody: true } },
        { matcher: "/raw", methods: ["PUT"], bodyParser: { sizeLimit: "1kb" } },
        { matcher: "/unread", method: "POST", bodyParser: false },
        { matcher: "/by/webhook", methods: ["POST"], bodyParser: { preserveRawBody: true } },
      ]),
    );
  });
  const json = { "content-type": "application/json" };
  const raw = await fetch("/raw", { method: "POST", body: '{ "a" : 1 }', headers: json });
  expect(await raw.json()).toEqual({ raw: '{ "a" : 1 }', body: { a: 1 } });
  expect(await send("PUT", "/raw", { big: "x".repeat(2000) })).toEqual({
    status: 413,
    body: { message: "request entity too large", type: "unknown_error" },
  });
  expect((await send("POST", "/unread", { a: 1 })).body).toEqual({ body: true });
  expect((await send("POST", "/by/webhook", { a: 1 })).body).toEqual({ raw: '{"a":1}', body: { a: 1 } });
  expect((await send("POST", "/by/other", { a: 1 })).body).toEqual({ raw: null, body: { a: 1 } });
  const form = await fetch("/probe/methods", { method: "POST", body: new URLSearchParams({ a: "1", "b[c]": "2" }) });
  expect(await form.json()).toMatchObject({ body: { a: "1", b: { c: "2" } } });
  const malformed = await fetch("/probe/methods", { method: "POST", body: "{ nope", headers: json });
  expect(malformed.status).toBe(400);
  expect(await malformed.json()).toEqual({ type: "invalid_data", message: expect.stringMatching(/JSON/) as string });
  expect((await send("POST", "/probe/methods")).body).toMatchObject({ body: {} });
});

test("prefix middlewares see the URL without their prefix; the handler sees all of it", async () => {
  const seen: string[] = [];
  const note = (req: AppRequest, _res: AppResponse, next: NextFunction) => {
    seen.push(`${req.baseUrl} ${req.url} ${req.originalUrl} ${JSON.stringify(req.params)}`);
    next();
  };
  const { send } = await start((server) => {
    server.addRoutes([
      {
        path: "/shop/:shop/items/:id",
        exports: { GET: (req: AppRequest, res: AppResponse) => void res.json([req.baseUrl, req.url, req.params]) },
      },
    ]);
    server.useMiddlewares(
      defineMiddlewares([
        { matcher: "/shop", middlewares: [note] },
        { matcher: "/shop/:name", middlewares: [note] },
        { matcher: "/shop/*", middlewares: [note] },
        { matcher: /items\/(\d+)/, methods: ["GET"], middlewares: [note] },
        { matcher: "/shop/:shop/items/:item", methods: ["GET"], middlewares: [note] },
      ]),
    );
  });
  expect((await send("GET", "/shop/a/items/7?x=1")).body).toEqual(["", "/shop/a/items/7?x=1", { shop: "a", id: "7" }]);
  expect(seen).toEqual([
    '/shop /a/items/7?x=1 /shop/a/items/7?x=1 {"shop":"a","id":"7"}',
    '/shop/a /items/7?x=1 /shop/a/items/7?x=1 {"shop":"a","id":"7","name":"a"}',
    '/shop/a/items/7 /?x=1 /shop/a/items/7?x=1 {"0":"a/items/7","shop":"a","id":"7"}',
    ' /shop/a/items/7?x=1 /shop/a/items/7?x=1 {"0":"7","shop":"a","id":"7"}',
    ' /shop/a/items/7?x=1 /shop/a/items/7?x=1 {"shop":"a","id":"7","item":"7"}',
  ]);
});

test("a guard holds for every spelling of a path", async () => {
  const deny = (_req: AppRequest, res: AppResponse) => void res.sendStatus(403);
  const { fetch } = await start((server) => {
    server.addRoutes([{ path: "/inner/:area/:id", exports: { GET: (_req: AppRequest, res: AppResponse) => void res.json({}) } }]);
    server.useMiddlewares(
      defineMiddlewares([
        { matcher: "/inner/secret/*", middlewares: [deny] },
        { matcher: /^\/inner\/hidden/, methods: ["GET"], middlewares: [deny] },
      ]),
    );
  });
  const spellings = [
    "/inner/secret/1",
    "/INNER/Secret/1",
    "/%69nner/s%65cret/1/",
    "/inner/hidden/1",
    "/Inner/hidden/1",
    "/inner/h%69dden/1",
  ];
  for (const path of spellings) expect([path, (await fetch(path)).status]).toEqual([path, 403]);
  expect((await fetch("/inner/open/1")).status).toBe(200);
});

test('next("route"), next("router"), error middlewares, and what is thrown or rejected', async () => {
  const routes = defineMiddlewares([
    {
      matcher: "/skip",
      methods: ["GET"],
      middlewares: [(_q: AppRequest, _s: AppResponse, next: NextFunction) => next("route"), mark("never")],
    },
    { matcher: "/skip", methods: ["GET"], middlewares: [mark("second")] },
    { matcher: "/leave", middlewares: [(_q: AppRequest, _s: AppResponse, next: NextFunction) => next("router")] },
    { matcher: "/caught", middlewares: [(() => Promise.reject(new Error("inside"))) as never] },
    {
      matcher: "/caught",
      middlewares: [
        ((error: Error, _q: AppRequest, res: AppResponse, _n: NextFunction) => void res.json({ caught: error.message })) as never,
      ],
    },
  ]);
  const ok = { GET: (_req: AppRequest, res: AppResponse) => void res.json({ ok: true }) };
  const { fetch, send, log } = await start((server) => {
    server.addRoutes([
      { path: "/skip", exports: ok },
      { path: "/leave", exports: ok },
      { path: "/caught", exports: ok },
      {
        path: "/string",
        exports: {
          GET: () => {
            throw "just a string";
          },
        },
      },
      { path: "/nothing", exports: { GET: () => Promise.reject(undefined) } },
      {
        path: "/late",
        exports: {
          GET: async (_req: AppRequest, res: AppResponse) => {
            res.write("half");
            await Promise.resolve();
            throw new Error("too late");
          },
        },
      },
    ]);
    server.useMiddlewares(routes);
  });
  const skipped = await fetch("/skip");
  expect([skipped.headers.get("x-marks"), await skipped.json()]).toEqual(["second", { ok: true }]);
  expect((await fetch("/leave")).status).toBe(404);
  expect((await send("GET", "/caught")).body).toEqual({ caught: "inside" });
  const masked = { code: "unknown_error", type: "unknown_error", message: "An unknown error occurred." };
  expect(await send("GET", "/string")).toEqual({ status: 500, body: masked });
  expect((await send("GET", "/nothing")).status).toBe(500);
  await expect(fetch("/late").then((response) => response.text())).rejects.toThrow();
  expect(log()).toContain("just a string");
  expect(log()).toContain("too late");
});

test("a failing handler tells the client nothing, and the log everything", async () => {
  const { fetch, log } = await start((server) => {
    server.addRoutes([
      {
        path: "/boom",
        exports: {
          GET: () => {
            throw new Error("password is hunter2");
          },
        },
      },
    ]);
  });
  const response = await fetch("/boom", { headers: { "x-request-id": "req-42" } });
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain("hunter2");
  expect(response.headers.get("x-request-id")).toBe("req-42");
  expect(log()).toContain("GET /boom failed (request req-42)");
  expect(log()).toContain("password is hunter2");
  expect(log()).toMatch(/"stack":"Error: password[^"]*http-server\.test\.ts/);
});

test("a custom error handler replaces the default one, and may hand on to it", async () => {
  const { send } = await start((server) => {
    server.addRoutes([
      {
        path: "/a",
        exports: {
          GET: () => {
            throw new AppError("not_found", "gone");
          },
        },
      },
      {
        path: "/b",
        exports: {
          GET: () => {
            throw new AppError("not_allowed", "no");
          },
        },
      },
    ]);
    server.useMiddlewares(
      defineMiddlewares({
        routes: [],
        errorHandler: (error, _req, res, next) =>
          AppError.isAppError(error) && error.type === "not_found" ? void res.status(418).json({ mine: error.message }) : next(error),
      }),
    );
  });
  expect(await send("GET", "/a")).toEqual({ status: 418, body: { mine: "gone" } });
  expect(await send("GET", "/b")).toEqual({ status: 400, body: { type: "not_allowed", message: "no" } });
});

test("req.scope is one child container per request", async () => {
  const { send } = await start((server, container) => {
    container.register("answer", { resolve: () => 42 });
    server.addRoutes([
      {
        path: "/scope",
        exports: {
          GET: (req: AppRequest, res: AppResponse) =>
            void res.json({ answer: req.scope.resolve("answer"), same: req.scope === req.scope, root: req.scope === container }),
        },
      },
    ]);
  });
  expect((await send("GET", "/scope")).body).toEqual({ answer: 42, same: true, root: false });
});

test("published Express middlewares run as they are: express.json, express.static, a sub-app, a router", async () => {
  const subApp = express();
  subApp.get(
    "/hello",
    (req, res) =>
      void res.json({
        from: "sub-app",
        url: req.url,
        base: req.baseUrl,
        scoped: typeof (req as never as AppRequest).scope.resolve,
        own: req.app === subApp,
      }),
  );
  const router = express.Router();
  router.get("/inside/:name", (req, res) => void res.send(`router ${req.params.name}`));
  const { fetch, send } = await start((server) => {
    server.addRoutes([
      {
        path: "/after/sub-app",
        exports: {
          GET: (req: AppRequest, res: AppResponse) => void res.json({ scope: typeof req.scope.resolve, id: req.requestId.length > 0 }),
        },
      },
      {
        path: "/big",
        exports: { POST: (req: AppRequest<{ big: string }>, res: AppResponse) => void res.json({ size: req.body.big.length }) },
      },
      {
        path: "/express",
        exports: {
          GET: (req: AppRequest, res: AppResponse) => {
            const { app } = req;
            void res
              .type("json")
              .status(201)
              .send({
                same: app === res.app,
                etag: app.get("etag") as unknown,
                agent: req.get("user-agent"),
                ip: req.ip,
                next: typeof req.next,
                res: req.res === res,
              });
          },
        },
      },
    ]);
    server.useMiddlewares(
      defineMiddlewares([
        { matcher: "/files", middlewares: [express.static(__dirname)] },
        { matcher: "/mounted", middlewares: [subApp as never] },
        { matcher: "/routed", middlewares: [router] },
        { matcher: "/after", middlewares: [subApp as never] },
        { matcher: "/big", methods: ["POST"] as MiddlewareVerb[], bodyParser: false, middlewares: [express.json({ limit: "1mb" })] },
      ]),
    );
  });
  expect(await (await fetch("/files/errors.ts")).text()).toContain("httpErrors");
  expect((await fetch("/files/nothing.ts")).status).toBe(404);
  expect((await send("GET", "/mounted/hello")).body).toEqual({
    from: "sub-app",
    url: "/hello",
    base: "/mounted",
    scoped: "function",
    own: true,
  });
  expect((await send("GET", "/routed/inside/bob")).body).toBe("router bob");
  expect((await send("GET", "/after/sub-app")).body).toEqual({ scope: "function", id: true });
  expect((await send("POST", "/big", { big: "x".repeat(200_000) })).body).toEqual({ size: 200_000 });
  expect(await send("GET", "/express", undefined, { "user-agent": "test" })).toMatchObject({
    status: 201,
    body: { same: true, etag: false, agent: "test", ip: "127.0.0.1", next: "function", res: true },
  });
});

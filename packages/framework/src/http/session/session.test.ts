import { afterEach, expect, test } from "vitest";
import { authenticate } from "../auth/authenticate";
import { defineMiddlewares } from "../middlewares/define-middlewares";
import { startServer } from "../testing/start-server";
import type { StartedServer } from "../testing/start-server";
import type { AppRequest, AppResponse, AuthContext } from "../types";
import { MemorySessionStore } from "./session-store";

let running: StartedServer | undefined;
afterEach(async () => {
  await running?.server.close();
  running = undefined;
});

const claims: AuthContext = { actor_id: "user_1", actor_type: "user", auth_identity_id: "authid_1", app_metadata: {} };

async function start(config: Parameters<typeof startServer>[1] = {}): Promise<StartedServer> {
  return (running = await startServer(
    (server) => {
      server.addRoutes([
        { path: "/untouched", exports: { GET: (_req: AppRequest, res: AppResponse) => void res.json({}) } },
        {
          path: "/session",
          exports: {
            POST: (req: AppRequest, res: AppResponse) => {
              req.session.auth_context = claims;
              res.json({ user: claims });
            },
            DELETE: (req: AppRequest, res: AppResponse) => void req.session.destroy(() => res.json({ success: true })),
          },
        },
        {
          path: "/visits",
          exports: {
            GET: (req: AppRequest, res: AppResponse) => {
              req.session.visits = Number(req.session.visits ?? 0) + 1;
              res.json({ visits: req.session.visits });
            },
          },
        },
        {
          path: "/renew",
          exports: {
            POST: (req: AppRequest, res: AppResponse) => {
              const before = req.session.id;
              req.session.regenerate(() => {
                req.session.visits = 10;
                res.json({ changed: before !== req.session.id });
              });
            },
          },
        },
        { path: "/me", exports: { GET: (req: AppRequest, res: AppResponse) => void res.json({ actor: req.auth_context?.actor_id }) } },
      ]);
      server.useMiddlewares(defineMiddlewares([{ matcher: "/me", middlewares: [authenticate("user", ["session", "bearer"])] }]));
    },
    { config: { http: { jwtSecret: "secret", cookieSecret: "cookies" } }, ...config },
  ));
}

const cookieOf = (response: Response) => (response.headers.get("set-cookie") ?? "").split(";", 1)[0] ?? "";

test("a request that stores nothing gets no cookie", async () => {
  const { fetch } = await start();
  expect((await fetch("/untouched")).headers.get("set-cookie")).toBeNull();
});

test("what is stored is there with the cookie, and gone after destroy", async () => {
  const { fetch } = await start();
  const opened = await fetch("/session", { method: "POST" });
  expect(opened.headers.get("set-cookie")).toMatch(/^connect\.sid=s%3A.*; Path=\/; Max-Age=36000; Expires=.*; HttpOnly; SameSite=Lax$/);
  const cookie = cookieOf(opened);
  expect(await (await fetch("/me", { headers: { cookie } })).json()).toEqual({ actor: "user_1" });
  expect((await fetch("/me", { headers: { cookie: `${cookie.slice(0, -3)}abc` } })).status).toBe(401);
  expect(await (await fetch("/session", { method: "DELETE", headers: { cookie } })).json()).toEqual({ success: true });
  const after = await fetch("/me", { headers: { cookie } });
  expect([after.status, await after.json()]).toEqual([401, { message: "Unauthorized" }]);
});

test("changes are stored before the answer is out; a new id makes the old one worthless", async () => {
  const { fetch } = await start();
  const cookie = cookieOf(await fetch("/visits"));
  for (const visits of [2, 3]) expect(await (await fetch("/visits", { headers: { cookie } })).json()).toEqual({ visits });
  const renewed = await fetch("/renew", { method: "POST", headers: { cookie } });
  expect(await renewed.json()).toEqual({ changed: true });
  expect(await (await fetch("/visits", { headers: { cookie: cookieOf(renewed) } })).json()).toEqual({ visits: 11 });
  expect(await (await fetch("/visits", { headers: { cookie } })).json()).toEqual({ visits: 1 });
});

test("a secure cookie is not sent over plain http", async () => {
  const { fetch } = await start({ config: { http: { cookieSecret: "cookies" }, cookieOptions: { secure: true } } });
  expect((await fetch("/session", { method: "POST" })).headers.get("set-cookie")).toBeNull();
});

test("sessions expire", async () => {
  const store = new MemorySessionStore();
  await store.set("a", { visits: 1 }, new Date(Date.now() + 60_000));
  await store.set("b", { visits: 1 }, new Date(Date.now() - 1));
  expect([await store.get("a"), await store.get("b")]).toEqual([{ visits: 1 }, undefined]);
});

test("a store that fails is logged, and the client still gets an answer", async () => {
  const broken = {
    get: () => Promise.resolve(undefined),
    set: () => Promise.reject(new Error("disk full")),
    destroy: () => Promise.resolve(),
  };
  const { fetch, log } = await start({ sessionStore: broken });
  expect((await fetch("/visits")).status).toBe(200);
  expect(log()).toContain("disk full");
});

import { asValue } from "@velella/kernel";
import { sign } from "jsonwebtoken";
import { afterEach, beforeEach, expect, test } from "vitest";
import { defineMiddlewares } from "../middlewares/define-middlewares";
import type { SectionPolicy } from "../sections";
import { startServer } from "../testing/start-server";
import type { StartedServer } from "../testing/start-server";
import type { AppRequest, AppResponse } from "../types";
import { authenticate } from "./authenticate";
import { generateJwtToken, generateTokenFor, tokenClaims, verifyToken } from "./tokens";
import { HttpRegistrationKeys } from "./verifiers";

const sections: SectionPolicy[] = [
  { prefix: "/admin", cors: "adminCors", authenticate: { actorType: "user", authType: ["bearer", "session", "api-key"] } },
  { prefix: "/store", cors: "storeCors", publishableKey: true },
  { prefix: "/store/customers/me", authenticate: { actorType: "customer", authType: ["session", "bearer"] } },
];
const http = {
  jwtSecret: "secret",
  adminCors: "http://admin.test,/\\.shop\\.test$/",
  storeCors: "http://store.test",
  cookieSecret: "cookies",
};
const secretKey = "sk_1";
const publishableKey = "pk_1";

const whoami = (req: AppRequest, res: AppResponse) =>
  void res.json({
    actor: req.auth_context?.actor_id ?? null,
    type: req.auth_context?.actor_type ?? null,
    by: req.secret_key_context?.created_by,
    channels: req.publishable_key_context?.sales_channel_ids,
  });

let running: StartedServer;
beforeEach(async () => {
  running = await startServer(
    (server, container) => {
      container.register({
        [HttpRegistrationKeys.API_KEY_VERIFIER]: asValue({
          verifySecretKey: (token: string) => Promise.resolve(token === secretKey ? { id: "apk_1", created_by: "user_1" } : null),
        }),
        [HttpRegistrationKeys.PUBLISHABLE_KEY_VERIFIER]: asValue({
          verifyPublishableKey: (token: string) =>
            Promise.resolve(token === publishableKey ? { key: token, sales_channel_ids: ["sc_1"] } : null),
        }),
      });
      server.addRoutes([
        { path: "/admin/things", exports: { GET: whoami, POST: (req: AppRequest, res: AppResponse) => void res.json(req.body) } },
        { path: "/admin/open", exports: { AUTHENTICATE: false, GET: whoami } },
        { path: "/admin/closed", exports: { CORS: false, GET: whoami } },
        { path: "/store/things", exports: { GET: whoami } },
        { path: "/store/whoami", exports: { GET: whoami } },
        { path: "/store/customers/me/addresses", exports: { GET: whoami } },
        { path: "/register", exports: { POST: whoami } },
        { path: "/strong", exports: { GET: whoami } },
      ]);
      server.useMiddlewares(
        defineMiddlewares([
          { matcher: "/store/whoami", middlewares: [authenticate("customer", ["bearer", "session"], { allowUnauthenticated: true })] },
          { matcher: "/register", methods: ["POST"], middlewares: [authenticate("*", "bearer", { allowUnregistered: true })] },
          { matcher: "/strong", middlewares: [authenticate(["user"], ["bearer"], { requireMfa: { maxAgeSeconds: 60 } })] },
        ]),
      );
    },
    { sections, config: { http } },
  );
});
afterEach(() => running.server.close());

const identity = (type: string, id = `${type}_1`) => ({ id: "authid_1", app_metadata: { [`${type}_id`]: id } });
const bearer = (type: string, more: object = {}) => ({
  authorization: `Bearer ${generateTokenFor({ ...tokenClaims(identity(type), type, "emailpass"), ...more }, http)}`,
});
const key = { "x-publishable-api-key": publishableKey };
const unauthorized = { status: 401, body: { message: "Unauthorized" } };

test("an admin route wants a user: by token or secret key", async () => {
  const { send } = running;
  expect(await send("GET", "/admin/things")).toEqual(unauthorized);
  expect(await send("GET", "/admin/things", undefined, bearer("user"))).toEqual({ status: 200, body: { actor: "user_1", type: "user" } });
  const basic = (user: string) => ({ authorization: `Basic ${Buffer.from(`${user}:`).toString("base64")}` });
  expect((await send("GET", "/admin/things", undefined, basic(secretKey))).body).toEqual({ actor: "apk_1", type: "api-key", by: "user_1" });
  expect(await send("GET", "/admin/things", undefined, basic("foo"))).toEqual(unauthorized);
});

test("tokens that are forged, expired, unsigned, of another actor or not registered are refused", async () => {
  const claims = tokenClaims(identity("user"), "user", "emailpass");
  const tokens = [
    "abc.def.ghi",
    sign(claims, "other secret"),
    sign(claims, "secret", { expiresIn: -10 }),
    sign(claims, "", { algorithm: "none" }),
    sign(claims, "secret", { algorithm: "HS384" }),
    generateTokenFor(tokenClaims({ id: "authid_1" }, "user", "emailpass"), http),
  ];
  for (const token of tokens)
    expect(await running.send("GET", "/admin/things", undefined, { authorization: `Bearer ${token}` })).toEqual(unauthorized);
  expect(await running.send("GET", "/admin/things", undefined, bearer("customer"))).toEqual(unauthorized);
});

test("the body of a request that is refused is not looked at", async () => {
  const response = await running.fetch("/admin/things", {
    method: "POST",
    body: "{ nope",
    headers: { "content-type": "application/json" },
  });
  expect(response.status).toBe(401);
});

test("AUTHENTICATE = false opens a route; other spellings of a path do not", async () => {
  expect((await running.send("GET", "/admin/open")).status).toBe(200);
  for (const path of ["/ADMIN/things", "/%61dmin/things", "/admin/things/"]) expect((await running.fetch(path)).status).toBe(401);
});

test("a store route wants a publishable key", async () => {
  const { send } = running;
  expect(await send("GET", "/store/things")).toEqual({
    status: 400,
    body: {
      type: "not_allowed",
      message:
        "Publishable API key required in the request header: x-publishable-api-key. You can manage your keys in settings in the dashboard.",
    },
  });
  expect(await send("GET", "/store/things", undefined, { "x-publishable-api-key": "pk_2" })).toEqual({
    status: 400,
    body: { type: "not_allowed", message: "A valid publishable key is required to proceed with the request" },
  });
  expect((await send("GET", "/store/things", undefined, key)).body).toEqual({ actor: null, type: null, channels: ["sc_1"] });
  expect(await send("GET", "/store/customers/me/addresses", undefined, key)).toEqual(unauthorized);
  expect((await send("GET", "/store/customers/me/addresses", undefined, { ...key, ...bearer("customer") })).status).toBe(200);
});

test("allowUnauthenticated, allowUnregistered, a second factor", async () => {
  const { send } = running;
  expect((await send("GET", "/store/whoami", undefined, key)).body).toMatchObject({ actor: null });
  expect((await send("GET", "/store/whoami", undefined, { ...key, ...bearer("user") })).body).toMatchObject({ actor: null });
  expect((await send("GET", "/store/whoami", undefined, { ...key, ...bearer("customer") })).body).toMatchObject({ actor: "customer_1" });
  const unregistered = { authorization: `Bearer ${generateTokenFor(tokenClaims({ id: "authid_1" }, "customer", "emailpass"), http)}` };
  expect((await send("POST", "/register", {}, unregistered)).body).toMatchObject({ actor: "", type: "customer" });
  expect((await send("GET", "/strong", undefined, bearer("user"))).status).toBe(401);
  const long = new Date(Date.now() - 120_000).toISOString();
  expect((await send("GET", "/strong", undefined, bearer("user", { mfa_challenge_completed_at: long }))).status).toBe(401);
  expect((await send("GET", "/strong", undefined, bearer("user", { mfa_challenge_completed_at: new Date().toISOString() }))).status).toBe(
    200,
  );
});

test("the claims of a token", () => {
  const token = generateTokenFor(tokenClaims(identity("customer"), "customer", "emailpass"), http);
  const claims = verifyToken(token, http) as unknown as { iat: number; exp: number };
  expect(claims).toEqual({
    actor_id: "customer_1",
    actor_type: "customer",
    auth_identity_id: "authid_1",
    auth_provider: "emailpass",
    mfa_enabled: false,
    mfa_challenge_completed_at: null,
    app_metadata: { customer_id: "customer_1" },
    user_metadata: {},
    iat: expect.any(Number) as number,
    exp: expect.any(Number) as number,
  });
  expect(claims.exp - claims.iat).toBe(86_400);
  const again = verifyToken(generateJwtToken({ ...claims }, { secret: "secret", expiresIn: 60 }), http) as unknown as {
    iat: number;
    exp: number;
  };
  expect(again.exp - again.iat).toBe(60);
  expect(() => generateJwtToken({}, {})).toThrow("projectConfig.http.jwtSecret is not set");
});

test("CORS by section: the listed origins, with credentials", async () => {
  const from = (origin: string, path: string, more: Record<string, string> = {}, method = "GET") =>
    running.fetch(path, { method, headers: { origin, ...more } });
  const allowed = await from("http://admin.test", "/admin/things");
  expect([
    allowed.status,
    allowed.headers.get("access-control-allow-origin"),
    allowed.headers.get("access-control-allow-credentials"),
  ]).toEqual([401, "http://admin.test", "true"]);
  expect((await from("https://one.shop.test", "/admin/open")).headers.get("access-control-allow-origin")).toBe("https://one.shop.test");
  expect((await from("http://evil.test", "/admin/open")).headers.get("access-control-allow-origin")).toBeNull();
  expect((await from("http://admin.test", "/admin/closed")).headers.get("access-control-allow-origin")).toBeNull();
  expect((await from("http://admin.test", "/register", {}, "POST")).headers.get("access-control-allow-origin")).toBeNull();
  const preflight = await from(
    "http://store.test",
    "/store/things",
    { "access-control-request-method": "GET", "access-control-request-headers": "x-a" },
    "OPTIONS",
  );
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get("access-control-allow-origin")).toBe("http://store.test");
  expect(preflight.headers.get("access-control-allow-headers")).toBe("x-a");
});

import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { shopDirectory, velella } from "../support/command-line";
import { adminHeaders, prepareDatabase, startApp, storeHeaders } from "../support/running-app";
import type { RunningApp } from "../support/running-app";

/** Who is deleted loses access; the identity that logged in stays, and may become somebody again. */

let database: TestDatabase;
let app: RunningApp;
let admin: Record<string, string>;
let options: { directory: string; env: Record<string, string> };

beforeAll(async () => {
  database = await createTestDatabase();
  options = { directory: shopDirectory, env: { DATABASE_URL: database.url } };
  await prepareDatabase(options);
  app = await startApp(options);
  admin = await adminHeaders(app);
});
afterAll(async () => {
  await app?.stop();
  await database?.drop();
});

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

test("a customer who was deleted logs in as nobody, and registers again with the same identity", async () => {
  const { headers: store } = await storeHeaders(app, admin);
  const credentials = { email: "ada@test.dev", password: "supersecret" };
  const logIn = async () => ({
    ...store,
    ...bearer((await app.request("POST", "/auth/customer/emailpass", { body: credentials })).body.token),
  });
  const register = async (headers: Record<string, string>) => {
    const { status, body, text } = await app.request("POST", "/store/customers", { headers, body: { email: credentials.email } });
    expect(status, text).toBe(200);
    return body.customer.id as string;
  };
  const { body } = await app.request("POST", "/auth/customer/emailpass/register", { body: credentials });
  const first = await register({ ...store, ...bearer(body.token) });
  expect((await app.request("GET", "/store/customers/me", { headers: await logIn() })).body.customer.id).toBe(first);

  const removed = await app.request("DELETE", `/admin/customers/${first}`, { headers: admin });
  expect([removed.status, removed.body]).toEqual([200, { id: first, object: "customer", deleted: true }]);
  expect((await app.request("GET", "/store/customers/me", { headers: await logIn() })).status).toBe(401);
  const second = await register(await logIn());
  expect(second).not.toBe(first);
  expect((await app.request("GET", "/store/customers/me", { headers: await logIn() })).body.customer.id).toBe(second);
});

test("a user who was deleted logs in as nobody", async () => {
  const credentials = { email: "eve@test.dev", password: "supersecret" };
  const made = await velella(["user", "-e", credentials.email, "-p", credentials.password], options);
  expect(made.code, made.output).toBe(0);
  const logIn = async () => bearer((await app.request("POST", "/auth/user/emailpass", { body: credentials })).body.token);
  const me = await app.request("GET", "/admin/users/me", { headers: await logIn() });
  expect(me.body.user.email).toBe(credentials.email);

  const removed = await app.request("DELETE", `/admin/users/${me.body.user.id}`, { headers: admin });
  expect([removed.status, removed.body]).toEqual([200, { id: me.body.user.id, object: "user", deleted: true }]);
  expect((await app.request("GET", "/admin/users/me", { headers: await logIn() })).status).toBe(401);
});

import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestModule } from "../../testing/test-module";
import type { TestModule } from "../../testing/test-module";
import { ApiKeyModuleService } from "./service";

let module: TestModule<ApiKeyModuleService>;
let keys: ApiKeyModuleService;

beforeAll(async () => {
  module = await createTestModule("api-key", ApiKeyModuleService);
  keys = module.service;
});
afterAll(() => module.close());

test("a secret key is shown once, and kept as a hash", async () => {
  const key = await keys.createApiKeys({ title: "CI", type: "secret", created_by: "user_1" });
  expect(key.token).toMatch(/^sk_[0-9a-f]{64}$/);
  expect(key.redacted).toBe(`${key.token.slice(0, 6)}***${key.token.slice(-3)}`);
  expect((await keys.retrieveApiKey(key.id)).token).toBe("");
  const { rows } = await module.connection.query<{ token: string }>("select token from api_key where id = $1", [key.id]);
  expect(rows[0]!.token).not.toContain(key.token.slice(3));
  expect(await keys.authenticate(key.token)).toMatchObject({ id: key.id, created_by: "user_1" });
  expect(await keys.authenticate(`${key.token}0`)).toBe(false);
  expect(await keys.authenticatePublishable(key.token)).toBe(false);
  expect(await keys.listApiKeys({ token: key.token })).toMatchObject([{ id: key.id, token: "" }]);
});

test("a publishable key is public", async () => {
  const key = await keys.createApiKeys({ title: "Web", type: "publishable", created_by: "" });
  expect(key.token).toMatch(/^pk_[0-9a-f]{64}$/);
  expect((await keys.retrieveApiKey(key.id)).token).toBe(key.token);
  expect(await keys.authenticatePublishable(key.token)).toMatchObject({ id: key.id });
  expect(await keys.authenticate(key.token)).toBe(false);
});

test("a revoked key is worth nothing, and only then may be deleted", async () => {
  const key = await keys.createApiKeys({ title: "Old", type: "publishable", created_by: "" });
  await expect(keys.softDeleteApiKeys([key.id])).rejects.toMatchObject({
    type: "not_allowed",
    message: `Cannot delete api keys that are not revoked - ${key.id}`,
  });
  const soon = await keys.revoke(key.id, { revoked_by: "user_1", revoke_in: 60 });
  expect(new Date(soon.revoked_at!).getTime()).toBeGreaterThan(Date.now());
  expect(await keys.authenticatePublishable(key.token)).not.toBe(false);

  const other = await keys.createApiKeys({ title: "Old 2", type: "publishable", created_by: "" });
  expect(await keys.revoke(other.id, { revoked_by: "user_1" })).toMatchObject({ revoked_by: "user_1" });
  expect(await keys.authenticatePublishable(other.token)).toBe(false);
  const again = await keys.revoke(other.id, { revoked_by: "user_2" });
  expect(again.revoked_by).toBe("user_1");
  await keys.softDeleteApiKeys([other.id]);
  expect(await keys.listApiKeys({ id: other.id })).toEqual([]);
});

import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestModule } from "../../testing/test-module";
import type { TestModule } from "../../testing/test-module";
import { UserModuleService } from "./service";

let module: TestModule<UserModuleService>;

beforeAll(async () => {
  module = await createTestModule("user", UserModuleService);
});
afterAll(() => module.close());

test("an invite's token is good until it is replaced or past its time", async () => {
  const users = module.service;
  const invite = await users.createInvites({ email: "new@test.dev" });
  expect(invite).toMatchObject({ accepted: false, email: "new@test.dev" });
  expect((await users.validateInviteToken(invite.token)).id).toBe(invite.id);
  const [refreshed] = await users.refreshInviteTokens([invite.id]);
  await expect(users.validateInviteToken(invite.token)).rejects.toMatchObject({ type: "unauthorized" });
  expect((await users.validateInviteToken(refreshed!.token)).id).toBe(invite.id);
  await users.updateInvites({ id: invite.id, expires_at: new Date(Date.now() - 1000) });
  await expect(users.validateInviteToken(refreshed!.token)).rejects.toMatchObject({ type: "unauthorized" });
});

test("users are not invited again", async () => {
  await module.service.createUsers({ email: "old@test.dev" });
  await expect(module.service.createInvites([{ email: "x@test.dev" }, { email: "old@test.dev" }])).rejects.toMatchObject({
    type: "invalid_data",
    message: "User account for following email(s) already exist: old@test.dev",
  });
});

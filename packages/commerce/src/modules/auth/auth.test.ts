import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestModule } from "../../testing/test-module";
import type { TestModule } from "../../testing/test-module";
import { hashPassword, verifyPassword } from "./password";
import { EmailPassAuthProvider } from "./providers/emailpass";
import { AuthModuleService } from "./service";

let module: TestModule<AuthModuleService>;
let auth: AuthModuleService;

beforeAll(async () => {
  const emailpass = { id: "emailpass", identifier: "emailpass", isDefault: false, options: {}, service: new EmailPassAuthProvider() };
  module = await createTestModule("auth", AuthModuleService, { authProviders: [emailpass] });
  auth = module.service;
});
afterAll(() => module.close());

const request = (body: Record<string, string>) => ({ url: "", headers: {}, query: {}, protocol: "http", body });

test("a password is known by its hash, and by no other", async () => {
  const hash = await hashPassword("correct horse");
  expect(Buffer.from(hash, "base64").subarray(0, 6).toString()).toBe("scrypt");
  expect(await verifyPassword("correct horse", hash)).toBe(true);
  expect(await verifyPassword("wrong horse", hash)).toBe(false);
  expect(await verifyPassword("correct horse", "")).toBe(false);
  expect(await hashPassword("correct horse")).not.toBe(hash);
});

test("whoever registered can log in, with the right password", async () => {
  const body = { email: "ann@test.dev", password: "pw123456" };
  const registered = await auth.register("emailpass", request(body));
  expect(registered).toMatchObject({ success: true, authIdentity: { provider_identities: [{ entity_id: "ann@test.dev" }] } });
  expect(JSON.stringify(registered)).not.toContain("password");
  expect(await auth.authenticate("emailpass", request(body))).toMatchObject({
    success: true,
    authIdentity: { id: registered.authIdentity!.id },
  });
  const refused = { success: false, error: "Invalid email or password" };
  expect(await auth.authenticate("emailpass", request({ ...body, password: "no" }))).toEqual(refused);
  expect(await auth.authenticate("emailpass", request({ ...body, email: "ghost@test.dev" }))).toEqual(refused);
});

test("a broken-off sign-up is taken up again with its password, but not once there is an actor", async () => {
  const body = { email: "bob@test.dev", password: "pw123456" };
  const { authIdentity } = await auth.register("emailpass", request(body));
  expect(await auth.register("emailpass", request(body))).toMatchObject({ success: true, authIdentity: { id: authIdentity!.id } });
  const exists = { success: false, error: "Identity with email already exists" };
  expect(await auth.register("emailpass", request({ ...body, password: "other" }))).toEqual(exists);
  await auth.updateAuthIdentities({ id: authIdentity!.id, app_metadata: { user_id: "user_1" } });
  expect(await auth.register("emailpass", request(body))).toEqual(exists);
});

test.each([
  [{ email: "a@b.c" }, "Password should be a string"],
  [{ password: "x" }, "Email should be a string"],
  [{}, "Password should be a string"],
])("%j lacks something", async (body, error) => {
  expect(await auth.authenticate("emailpass", request(body as Record<string, string>))).toEqual({ success: false, error });
});

test("a token for a new password works once, for its provider", async () => {
  const body = { email: "reset@test.dev", password: "before" };
  await auth.register("emailpass", request(body));
  expect(await auth.createPasswordResetToken({ entity_id: "ghost@test.dev", provider: "emailpass" })).toBeUndefined();
  const { token } = (await auth.createPasswordResetToken({ entity_id: body.email, provider: "emailpass" }))!;
  const stored = await auth.listAuthPasswordResetTokens({ entity_id: body.email });
  expect(JSON.stringify(stored)).not.toContain(token);
  expect(await auth.consumePasswordResetToken({ token, provider: "other" })).toEqual({});
  expect(await auth.consumePasswordResetToken({ token, provider: "emailpass" })).toMatchObject({ entity_id: body.email });
  expect(await auth.consumePasswordResetToken({ token, provider: "emailpass" })).toEqual({});
  await auth.updateProvider("emailpass", { entity_id: body.email, password: "after" });
  expect(await auth.authenticate("emailpass", request({ ...body, password: "after" }))).toMatchObject({ success: true });
  expect(await auth.authenticate("emailpass", request(body))).toMatchObject({ success: false });
});

test("an unknown provider is named, with those that there are", async () => {
  await expect(auth.authenticate("saml", request({}))).rejects.toMatchObject({
    message: "Unable to retrieve the auth provider with id: saml. Registered providers: emailpass.",
  });
  expect(await auth.listAuthProviders()).toEqual([
    { id: "emailpass", identifier: "emailpass", display_name: "Email/Password Authentication", flow: "credentials" },
  ]);
});

import { sign } from "jsonwebtoken";
import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { generateTokenFor, tokenClaims, verifyToken } from "./tokens";

const claims = tokenClaims({ id: "authid_1", app_metadata: { user_id: "user_1" } }, "user", "emailpass");

const pair = (make: { publicKey: { export(o: object): unknown }; privateKey: { export(o: object): unknown } }) => ({
  jwtSecret: make.privateKey.export({ type: "pkcs8", format: "pem" }) as string,
  jwtPublicKey: make.publicKey.export({ type: "spki", format: "pem" }) as string,
});

test.each([
  ["RS256", pair(generateKeyPairSync("rsa", { modulusLength: 2048 }))],
  ["ES384", pair(generateKeyPairSync("ec", { namedCurve: "secp384r1" }))],
])("a pair of keys signs with %s, and the public key is no shared secret", (algorithm, http) => {
  const token = generateTokenFor(claims, http);
  expect(JSON.parse(Buffer.from(token.split(".", 1).join(), "base64url").toString())).toMatchObject({ alg: algorithm });
  expect(verifyToken(token, http)).toMatchObject({ actor_id: "user_1", actor_type: "user" });
  expect(verifyToken(sign(claims, http.jwtPublicKey, { algorithm: "HS256" }), http)).toBeUndefined();
});

test("options for signing and verifying; the claims of a token can be signed anew", () => {
  const http = {
    jwtSecret: "secret",
    jwtExpiresIn: 30,
    jwtOptions: { issuer: "shop", algorithm: "HS512" },
    jwtVerifyOptions: { issuer: "shop" },
  };
  const first = verifyToken(generateTokenFor(claims, http), http) as unknown as { iat: number; exp: number };
  expect(first.exp - first.iat).toBe(30);
  expect(verifyToken(generateTokenFor(first, http), http)).toMatchObject({ actor_id: "user_1", iss: "shop" });
  expect(verifyToken(generateTokenFor(claims, { jwtSecret: "secret", jwtOptions: { algorithm: "HS512" } }), http)).toBeUndefined();
});

test("a token is refused when it is no token, and an error when nothing is there to check it with", () => {
  for (const token of ["", "a", "a.b.c", `${Buffer.from("{").toString("base64url")}.e30.x`, sign("text", "secret")]) {
    expect(verifyToken(token, { jwtSecret: "secret" })).toBeUndefined();
  }
  expect(() => verifyToken("a.b.c", {})).toThrow("projectConfig.http.jwtSecret is not set");
});

test("claims: the actor of the asked type, the metadata of the provider that vouched", () => {
  const identity = {
    id: "authid_1",
    app_metadata: { user_id: "user_1", customer_id: null },
    provider_identities: [
      { provider: "github", user_metadata: { login: "a" } },
      { provider: "emailpass", user_metadata: null },
    ],
  };
  expect(tokenClaims(identity, "user", "github")).toMatchObject({
    actor_id: "user_1",
    app_metadata: { user_id: "user_1" },
    user_metadata: { login: "a" },
  });
  expect(tokenClaims(identity, "customer", "emailpass")).toMatchObject({ actor_id: "", app_metadata: {}, user_metadata: {} });
});

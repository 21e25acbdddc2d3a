import { model } from "@velella/data";

/** A key of a storefront (publishable) or of a back office program (secret; only its hash is kept). */
export const ApiKey = model
  .define("ApiKey", {
    id: model.id({ prefix: "apk" }).primaryKey(),
    token: model.text(),
    salt: model.text(),
    redacted: model.text().searchable(),
    title: model.text().searchable(),
    type: model.enum(["publishable", "secret"]),
    last_used_at: model.dateTime().nullable(),
    created_by: model.text(),
    revoked_by: model.text().nullable(),
    revoked_at: model.dateTime().nullable(),
  })
  .indexes([
    { name: "IDX_api_key_token_unique", on: ["token"], unique: true },
    { name: "IDX_api_key_revoked_at", on: ["revoked_at"] },
    { name: "IDX_api_key_redacted", on: ["redacted"] },
    { name: "IDX_api_key_type", on: ["type"] },
  ]);

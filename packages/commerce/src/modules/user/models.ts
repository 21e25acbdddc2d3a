import { model } from "@velella/data";

/** Someone who works in the back office. */
export const User = model
  .define(
    { name: "User", tableName: "user" },
    {
      id: model.id({ prefix: "user" }).primaryKey(),
      first_name: model.text().searchable().nullable(),
      last_name: model.text().searchable().nullable(),
      email: model.text().searchable(),
      avatar_url: model.text().nullable(),
      metadata: model.json().nullable(),
    },
  )
  .indexes([{ name: "IDX_user_email_unique", on: ["email"], unique: true }]);

/** An invitation to become a user; its token is good until `expires_at`. */
export const Invite = model
  .define(
    { name: "Invite", tableName: "invite" },
    {
      id: model.id({ prefix: "invite" }).primaryKey(),
      email: model.text().searchable(),
      accepted: model.boolean().default(false),
      token: model.text(),
      expires_at: model.dateTime(),
      metadata: model.json().nullable(),
    },
  )
  .indexes([
    { name: "IDX_invite_email_unique", on: ["email"], unique: true },
    { name: "IDX_invite_token", on: ["token"] },
  ]);

import { model } from "@velella/data";

/** Who someone is, whatever way they prove it; `app_metadata` says which actors they are (`user_id`, `customer_id`). */
export const AuthIdentity = model
  .define(
    { name: "AuthIdentity", tableName: "auth_identity" },
    {
      id: model.id({ prefix: "authid" }).primaryKey(),
      app_metadata: model.json().nullable(),
      provider_identities: model.hasMany((): typeof ProviderIdentity => ProviderIdentity, { mappedBy: "auth_identity" }),
      mfa_factors: model.hasMany((): typeof AuthMfaFactor => AuthMfaFactor, { mappedBy: "auth_identity" }),
      mfa_recovery_codes: model.hasMany((): typeof AuthMfaRecoveryCode => AuthMfaRecoveryCode, { mappedBy: "auth_identity" }),
      verifications: model.hasMany((): typeof AuthVerification => AuthVerification, { mappedBy: "auth_identity" }),
      password_reset_tokens: model.hasMany((): typeof AuthPasswordResetToken => AuthPasswordResetToken, { mappedBy: "auth_identity" }),
    },
  )
  .cascades({ delete: ["provider_identities", "mfa_factors", "mfa_recovery_codes", "verifications", "password_reset_tokens"] });

/** One way in which an identity proves itself: `entity_id` is the e-mail address, or the id at a third party. */
export const ProviderIdentity = model
  .define(
    { name: "ProviderIdentity", tableName: "provider_identity" },
    {
      id: model.id().primaryKey(),
      entity_id: model.text(),
      provider: model.text(),
      user_metadata: model.json().nullable(),
      provider_metadata: model.json().nullable(),
      auth_identity: model.belongsTo((): typeof AuthIdentity => AuthIdentity, { mappedBy: "provider_identities" }),
      password_reset_tokens: model.hasMany((): typeof AuthPasswordResetToken => AuthPasswordResetToken, { mappedBy: "provider_identity" }),
    },
  )
  .cascades({ delete: ["password_reset_tokens"] })
  .indexes([{ name: "IDX_provider_identity_provider_entity_id", on: ["entity_id", "provider"], unique: true }]);

/** A password reset that was asked for; the token itself is kept as a hash. */
export const AuthPasswordResetToken = model
  .define(
    { name: "AuthPasswordResetToken", tableName: "auth_password_reset_token" },
    {
      id: model.id({ prefix: "authprt" }).primaryKey(),
      entity_id: model.text(),
      token_hash: model.text(),
      expires_at: model.dateTime(),
      auth_identity: model.belongsTo((): typeof AuthIdentity => AuthIdentity, { mappedBy: "password_reset_tokens" }),
      provider_identity: model.belongsTo((): typeof ProviderIdentity => ProviderIdentity, { mappedBy: "password_reset_tokens" }),
    },
  )
  .indexes([
    { name: "IDX_auth_password_reset_token_provider_identity_id", on: ["provider_identity_id"] },
    { name: "IDX_auth_password_reset_token_token_hash", on: ["token_hash"] },
    { name: "IDX_auth_password_reset_token_expires_at", on: ["expires_at"] },
  ]);

/** A second factor of an identity. */
export const AuthMfaFactor = model
  .define(
    { name: "AuthMfaFactor", tableName: "auth_mfa_factor" },
    {
      id: model.id({ prefix: "authmfa" }).primaryKey(),
      provider: model.text(),
      status: model.text(),
      provider_metadata: model.json().nullable(),
      metadata: model.json().nullable(),
      auth_identity: model.belongsTo((): typeof AuthIdentity => AuthIdentity, { mappedBy: "mfa_factors" }),
    },
  )
  .indexes([
    { name: "IDX_auth_mfa_factor_auth_identity_id", on: ["auth_identity_id"] },
    {
      name: "IDX_auth_mfa_factor_auth_identity_provider_active",
      on: ["auth_identity_id", "provider"],
      unique: true,
      where: "status IN ('pending', 'enabled')",
    },
  ]);

/** A code for when the second factor is lost. */
export const AuthMfaRecoveryCode = model
  .define(
    { name: "AuthMfaRecoveryCode", tableName: "auth_mfa_recovery_code" },
    {
      id: model.id({ prefix: "authmfarec" }).primaryKey(),
      code_hash: model.text(),
      auth_identity: model.belongsTo((): typeof AuthIdentity => AuthIdentity, { mappedBy: "mfa_recovery_codes" }),
    },
  )
  .indexes([
    { name: "IDX_auth_mfa_recovery_code_auth_identity_id", on: ["auth_identity_id"] },
    { name: "IDX_auth_mfa_recovery_code_auth_identity_code_hash", on: ["auth_identity_id", "code_hash"], unique: true },
  ]);

/** Proof that an address belongs to an identity. */
export const AuthVerification = model
  .define(
    { name: "AuthVerification", tableName: "auth_verification" },
    {
      id: model.id({ prefix: "authver" }).primaryKey(),
      entity_id: model.text(),
      entity_type: model.text(),
      code_provider: model.text(),
      verified_at: model.dateTime().nullable(),
      requested_at: model.dateTime(),
      provider_metadata: model.json().nullable(),
      metadata: model.json().nullable(),
      auth_identity: model.belongsTo((): typeof AuthIdentity => AuthIdentity, { mappedBy: "verifications" }),
    },
  )
  .indexes([
    {
      name: "IDX_auth_verification_unique_auth_identity_entity_id_entity_typ",
      on: ["auth_identity_id", "entity_id", "entity_type"],
      unique: true,
    },
  ]);

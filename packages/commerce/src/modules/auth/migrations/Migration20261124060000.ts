import { Migration } from "@velella/data";

export class Migration20261124060000 extends Migration {
  override async up(): Promise<void> {
    this.addSql(`create table if not exists "auth_identity" ("id" text not null, "app_metadata" jsonb null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "auth_identity_pkey" primary key ("id"));`);
    this.addSql(`create table if not exists "auth_mfa_factor" ("id" text not null, "provider" text not null, "status" text not null, "provider_metadata" jsonb null, "metadata" jsonb null, "auth_identity_id" text not null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "auth_mfa_factor_pkey" primary key ("id"));`);
    this.addSql(`create table if not exists "auth_mfa_recovery_code" ("id" text not null, "code_hash" text not null, "auth_identity_id" text not null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "auth_mfa_recovery_code_pkey" primary key ("id"));`);
    this.addSql(`create table if not exists "auth_password_reset_token" ("id" text not null, "entity_id" text not null, "token_hash" text not null, "expires_at" timestamptz not null, "auth_identity_id" text not null, "provider_identity_id" text not null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "auth_password_reset_token_pkey" primary key ("id"));`);
    this.addSql(`create table if not exists "auth_verification" ("id" text not null, "entity_id" text not null, "entity_type" text not null, "code_provider" text not null, "verified_at" timestamptz null, "requested_at" timestamptz not null, "provider_metadata" jsonb null, "metadata" jsonb null, "auth_identity_id" text not null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "auth_verification_pkey" primary key ("id"));`);
    this.addSql(`create table if not exists "provider_identity" ("id" text not null, "entity_id" text not null, "provider" text not null, "user_metadata" jsonb null, "provider_metadata" jsonb null, "auth_identity_id" text not null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "provider_identity_pkey" primary key ("id"));`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_auth_identity_deleted_at" ON "auth_identity" ("deleted_at") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_auth_mfa_factor_auth_identity_id" ON "auth_mfa_factor" ("auth_identity_id") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE UNIQUE INDEX IF NOT EXISTS "IDX_auth_mfa_factor_auth_identity_provider_active" ON "auth_mfa_factor" ("auth_identity_id", "provider") WHERE status IN ('pending', 'enabled') AND deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_auth_mfa_factor_deleted_at" ON "auth_mfa_factor" ("deleted_at") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_auth_mfa_recovery_code_auth_identity_id" ON "auth_mfa_recovery_code" ("auth_identity_id") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE UNIQUE INDEX IF NOT EXISTS "IDX_auth_mfa_recovery_code_auth_identity_code_hash" ON "auth_mfa_recovery_code" ("auth_identity_id", "code_hash") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_auth_mfa_recovery_code_deleted_at" ON "auth_mfa_recovery_code" ("deleted_at") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_auth_password_reset_token_provider_identity_id" ON "auth_password_reset_token" ("provider_identity_id") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_auth_password_reset_token_token_hash" ON "auth_password_reset_token" ("token_hash") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_auth_password_reset_token_expires_at" ON "auth_password_reset_token" ("expires_at") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_auth_password_reset_token_auth_identity_id" ON "auth_password_reset_token" ("auth_identity_id") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_auth_password_reset_token_deleted_at" ON "auth_password_reset_token" ("deleted_at") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE UNIQUE INDEX IF NOT EXISTS "IDX_auth_verification_unique_auth_identity_entity_id_entity_typ" ON "auth_verification" ("auth_identity_id", "entity_id", "entity_type") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_auth_verification_auth_identity_id" ON "auth_verification" ("auth_identity_id") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_auth_verification_deleted_at" ON "auth_verification" ("deleted_at") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE UNIQUE INDEX IF NOT EXISTS "IDX_provider_identity_provider_entity_id" ON "provider_identity" ("entity_id", "provider") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_provider_identity_auth_identity_id" ON "provider_identity" ("auth_identity_id") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_provider_identity_deleted_at" ON "provider_identity" ("deleted_at") WHERE deleted_at IS NULL;`);
    this.addSql(`alter table if exists "auth_mfa_factor" add constraint "auth_mfa_factor_auth_identity_id_foreign" foreign key ("auth_identity_id") references "auth_identity" ("id") on update cascade on delete cascade;`);
    this.addSql(`alter table if exists "auth_mfa_recovery_code" add constraint "auth_mfa_recovery_code_auth_identity_id_foreign" foreign key ("auth_identity_id") references "auth_identity" ("id") on update cascade on delete cascade;`);
    this.addSql(`alter table if exists "auth_password_reset_token" add constraint "auth_password_reset_token_auth_identity_id_foreign" foreign key ("auth_identity_id") references "auth_identity" ("id") on update cascade on delete cascade;`);
    this.addSql(`alter table if exists "auth_password_reset_token" add constraint "auth_password_reset_token_provider_identity_id_foreign" foreign key ("provider_identity_id") references "provider_identity" ("id") on update cascade on delete cascade;`);
    this.addSql(`alter table if exists "auth_verification" add constraint "auth_verification_auth_identity_id_foreign" foreign key ("auth_identity_id") references "auth_identity" ("id") on update cascade on delete cascade;`);
    this.addSql(`alter table if exists "provider_identity" add constraint "provider_identity_auth_identity_id_foreign" foreign key ("auth_identity_id") references "auth_identity" ("id") on update cascade on delete cascade;`);
  }

  override async down(): Promise<void> {
    this.addSql(`alter table if exists "auth_mfa_factor" drop constraint if exists "auth_mfa_factor_auth_identity_id_foreign";`);
    this.addSql(`alter table if exists "auth_mfa_recovery_code" drop constraint if exists "auth_mfa_recovery_code_auth_identity_id_foreign";`);
    this.addSql(`alter table if exists "auth_password_reset_token" drop constraint if exists "auth_password_reset_token_auth_identity_id_foreign";`);
    this.addSql(`alter table if exists "auth_password_reset_token" drop constraint if exists "auth_password_reset_token_provider_identity_id_foreign";`);
    this.addSql(`alter table if exists "auth_verification" drop constraint if exists "auth_verification_auth_identity_id_foreign";`);
    this.addSql(`alter table if exists "provider_identity" drop constraint if exists "provider_identity_auth_identity_id_foreign";`);
    this.addSql(`drop table if exists "auth_identity" cascade;`);
    this.addSql(`drop table if exists "auth_mfa_factor" cascade;`);
    this.addSql(`drop table if exists "auth_mfa_recovery_code" cascade;`);
    this.addSql(`drop table if exists "auth_password_reset_token" cascade;`);
    this.addSql(`drop table if exists "auth_verification" cascade;`);
    this.addSql(`drop table if exists "provider_identity" cascade;`);
  }
}

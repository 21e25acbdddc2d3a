import { Migration } from "@velella/data";

export class Migration20261124060000 extends Migration {
  override async up(): Promise<void> {
    this.addSql(`create table if not exists "notification" ("id" text not null, "to" text not null, "from" text null, "channel" text not null, "template" text null, "data" jsonb null, "provider_data" jsonb null, "trigger_type" text null, "resource_id" text null, "resource_type" text null, "receiver_id" text null, "original_notification_id" text null, "idempotency_key" text null, "external_id" text null, "status" text not null default 'pending', "provider_id" text null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "notification_pkey" primary key ("id"), constraint "notification_status_check" check ("status" in ('pending', 'success', 'failure')));`);
    this.addSql(`create table if not exists "notification_provider" ("id" text not null, "handle" text not null, "name" text not null, "is_enabled" boolean not null default true, "channels" text[] not null default '{}', "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "notification_provider_pkey" primary key ("id"));`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_notification_receiver_id" ON "notification" ("receiver_id") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE UNIQUE INDEX IF NOT EXISTS "IDX_notification_idempotency_key_unique" ON "notification" ("idempotency_key") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_notification_provider_id" ON "notification" ("provider_id") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_notification_deleted_at" ON "notification" ("deleted_at") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_notification_provider_deleted_at" ON "notification_provider" ("deleted_at") WHERE deleted_at IS NULL;`);
    this.addSql(`alter table if exists "notification" add constraint "notification_provider_id_foreign" foreign key ("provider_id") references "notification_provider" ("id") on update cascade on delete set null;`);
  }

  override async down(): Promise<void> {
    this.addSql(`alter table if exists "notification" drop constraint if exists "notification_provider_id_foreign";`);
    this.addSql(`drop table if exists "notification" cascade;`);
    this.addSql(`drop table if exists "notification_provider" cascade;`);
  }
}

import { Migration } from "@velella/data";

export class Migration20261124060000 extends Migration {
  override async up(): Promise<void> {
    this.addSql(`create table if not exists "currency" ("code" text not null, "symbol" text not null, "symbol_native" text not null, "name" text not null, "decimal_digits" integer not null default 0, "rounding" numeric not null default 0, "raw_rounding" jsonb not null default '{"value":"0","precision":20}', "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "currency_pkey" primary key ("code"));`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_currency_deleted_at" ON "currency" ("deleted_at") WHERE deleted_at IS NULL;`);
  }

  override async down(): Promise<void> {
    this.addSql(`drop table if exists "currency" cascade;`);
  }
}

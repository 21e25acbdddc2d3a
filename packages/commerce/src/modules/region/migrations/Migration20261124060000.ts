import { Migration } from "@velella/data";

export class Migration20261124060000 extends Migration {
  override async up(): Promise<void> {
    this.addSql(`create table if not exists "region" ("id" text not null, "name" text not null, "currency_code" text not null, "automatic_taxes" boolean not null default true, "metadata" jsonb null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "region_pkey" primary key ("id"));`);
    this.addSql(`create table if not exists "region_country" ("iso_2" text not null, "iso_3" text not null, "num_code" text not null, "name" text not null, "display_name" text not null, "metadata" jsonb null, "region_id" text null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "region_country_pkey" primary key ("iso_2"));`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_region_deleted_at" ON "region" ("deleted_at") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE UNIQUE INDEX IF NOT EXISTS "IDX_region_country_region_id_iso_2_unique" ON "region_country" ("region_id", "iso_2") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_region_country_region_id" ON "region_country" ("region_id") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_region_country_deleted_at" ON "region_country" ("deleted_at") WHERE deleted_at IS NULL;`);
    this.addSql(`alter table if exists "region_country" add constraint "region_country_region_id_foreign" foreign key ("region_id") references "region" ("id") on update cascade on delete set null;`);
  }

  override async down(): Promise<void> {
    this.addSql(`alter table if exists "region_country" drop constraint if exists "region_country_region_id_foreign";`);
    this.addSql(`drop table if exists "region" cascade;`);
    this.addSql(`drop table if exists "region_country" cascade;`);
  }
}

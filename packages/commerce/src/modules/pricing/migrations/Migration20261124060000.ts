import { Migration } from "@velella/data";

export class Migration20261124060000 extends Migration {
  override async up(): Promise<void> {
    this.addSql(`create table if not exists "price" ("id" text not null, "title" text null, "currency_code" text not null, "amount" numeric not null, "min_quantity" numeric null, "max_quantity" numeric null, "rules_count" integer null default 0, "price_set_id" text not null, "price_list_id" text null, "raw_amount" jsonb not null, "raw_min_quantity" jsonb null, "raw_max_quantity" jsonb null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "price_pkey" primary key ("id"));`);
    this.addSql(`create table if not exists "price_list" ("id" text not null, "title" text not null, "description" text not null, "status" text not null default 'draft', "type" text not null default 'sale', "starts_at" timestamptz null, "ends_at" timestamptz null, "rules_count" integer null default 0, "metadata" jsonb null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "price_list_pkey" primary key ("id"), constraint "price_list_status_check" check ("status" in ('active', 'draft')), constraint "price_list_type_check" check ("type" in ('sale', 'override')));`);
    this.addSql(`create table if not exists "price_list_rule" ("id" text not null, "attribute" text not null, "value" jsonb null, "price_list_id" text not null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "price_list_rule_pkey" primary key ("id"));`);
    this.addSql(`create table if not exists "price_preference" ("id" text not null, "attribute" text not null, "value" text null, "is_tax_inclusive" boolean not null default false, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "price_preference_pkey" primary key ("id"));`);
    this.addSql(`create table if not exists "price_rule" ("id" text not null, "attribute" text not null, "value" text not null, "operator" text not null default 'eq', "priority" integer not null default 0, "price_id" text not null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "price_rule_pkey" primary key ("id"), constraint "price_rule_operator_check" check ("operator" in ('gte', 'lte', 'gt', 'lt', 'eq')));`);
    this.addSql(`create table if not exists "price_set" ("id" text not null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "price_set_pkey" primary key ("id"));`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_price_price_set_id" ON "price" ("price_set_id") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_price_price_list_id" ON "price" ("price_list_id") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_price_currency_code" ON "price" ("currency_code") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_price_deleted_at" ON "price" ("deleted_at") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_price_list_id_status_starts_at_ends_at" ON "price_list" ("id", "status", "starts_at", "ends_at") WHERE status = 'active' AND deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_price_list_deleted_at" ON "price_list" ("deleted_at") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_price_list_rule_price_list_id" ON "price_list_rule" ("price_list_id") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_price_list_rule_attribute" ON "price_list_rule" ("attribute") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_price_list_rule_value" ON "price_list_rule" USING gin ("value") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_price_list_rule_deleted_at" ON "price_list_rule" ("deleted_at") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE UNIQUE INDEX IF NOT EXISTS "IDX_price_preference_attribute_value" ON "price_preference" ("attribute", "value") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_price_preference_deleted_at" ON "price_preference" ("deleted_at") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE UNIQUE INDEX IF NOT EXISTS "IDX_price_rule_price_id_attribute_operator_unique" ON "price_rule" ("price_id", "attribute", "operator") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_price_rule_attribute" ON "price_rule" ("attribute") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_price_rule_attribute_value" ON "price_rule" ("attribute", "value") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_price_rule_operator_value" ON "price_rule" ("operator", "value") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_price_rule_attribute_value_price_id" ON "price_rule" ("attribute", "value", "price_id") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_price_rule_price_id" ON "price_rule" ("price_id") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_price_rule_deleted_at" ON "price_rule" ("deleted_at") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_price_set_deleted_at" ON "price_set" ("deleted_at") WHERE deleted_at IS NULL;`);
    this.addSql(`alter table if exists "price" add constraint "price_price_set_id_foreign" foreign key ("price_set_id") references "price_set" ("id") on update cascade on delete cascade;`);
    this.addSql(`alter table if exists "price" add constraint "price_price_list_id_foreign" foreign key ("price_list_id") references "price_list" ("id") on update cascade on delete cascade;`);
    this.addSql(`alter table if exists "price_list_rule" add constraint "price_list_rule_price_list_id_foreign" foreign key ("price_list_id") references "price_list" ("id") on update cascade on delete cascade;`);
    this.addSql(`alter table if exists "price_rule" add constraint "price_rule_price_id_foreign" foreign key ("price_id") references "price" ("id") on update cascade on delete cascade;`);
  }

  override async down(): Promise<void> {
    this.addSql(`alter table if exists "price" drop constraint if exists "price_price_set_id_foreign";`);
    this.addSql(`alter table if exists "price" drop constraint if exists "price_price_list_id_foreign";`);
    this.addSql(`alter table if exists "price_list_rule" drop constraint if exists "price_list_rule_price_list_id_foreign";`);
    this.addSql(`alter table if exists "price_rule" drop constraint if exists "price_rule_price_id_foreign";`);
    this.addSql(`drop table if exists "price" cascade;`);
    this.addSql(`drop table if exists "price_list" cascade;`);
    this.addSql(`drop table if exists "price_list_rule" cascade;`);
    this.addSql(`drop table if exists "price_preference" cascade;`);
    this.addSql(`drop table if exists "price_rule" cascade;`);
    this.addSql(`drop table if exists "price_set" cascade;`);
  }
}

import { Migration } from "@medusajs/framework/mikro-orm/migrations";

export class Migration20261124072958 extends Migration {
  override async up(): Promise<void> {
    this.addSql(`create table if not exists "review" ("id" text not null, "author" text not null, "text" text not null, "rating" integer not null, "status" text not null default 'pending', "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "review_pkey" primary key ("id"), constraint "review_status_check" check ("status" in ('pending', 'approved')), constraint "review_rating_range" check (rating between 1 and 5));`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_review_deleted_at" ON "review" ("deleted_at") WHERE deleted_at IS NULL;`);
  }

  override async down(): Promise<void> {
    this.addSql(`drop table if exists "review" cascade;`);
  }
}

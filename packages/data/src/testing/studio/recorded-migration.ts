import { Migration } from "../../migrations/migration";

/** A migration of the models beside it as existing applications have it: what the models ask for must equal it. */
export class Migration20250101000000 extends Migration {
  override async up(): Promise<void> {
    this.addSql(`alter table if exists "profile" drop constraint if exists "profile_artist_id_unique";`);
    this.addSql(`alter table if exists "album" drop constraint if exists "album_artist_id_title_unique";`);
    this.addSql(`alter table if exists "artist" drop constraint if exists "artist_handle_unique";`);
    this.addSql(
      `create table if not exists "artist" ("id" text not null, "name" text not null, "handle" text not null, "bio" text null, "rank" integer not null default 0, "rating" real null, "worth" numeric not null default 0, "is_active" boolean not null default true, "status" text check ("status" in ('draft', 'live', 'gone')) not null default 'draft', "nicknames" text[] null, "data" jsonb null, "born_at" timestamptz null, "raw_worth" jsonb not null default '{"value":"0","precision":20}', "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "artist_pkey" primary key ("id"), constraint artist_rank_positive check (rank >= 0));`,
    );
    this.addSql(`CREATE UNIQUE INDEX IF NOT EXISTS "IDX_artist_handle_unique" ON "artist" ("handle") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_artist_deleted_at" ON "artist" ("deleted_at") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_artist_status_rank" ON "artist" ("status", "rank") WHERE deleted_at IS NULL;`);

    this.addSql(
      `create table if not exists "album" ("id" text not null, "title" text not null, "year" integer not null, "price" numeric null, "artist_id" text not null, "raw_price" jsonb null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "album_pkey" primary key ("id"));`,
    );
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_album_year" ON "album" ("year") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_album_artist_id" ON "album" ("artist_id") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_album_deleted_at" ON "album" ("deleted_at") WHERE deleted_at IS NULL;`);
    this.addSql(
      `CREATE UNIQUE INDEX IF NOT EXISTS "IDX_album_artist_id_title_unique" ON "album" ("artist_id", "title") WHERE deleted_at IS NULL;`,
    );

    this.addSql(
      `create table if not exists "genre" ("code" text not null, "name" text not null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "genre_pkey" primary key ("code"));`,
    );
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_genre_deleted_at" ON "genre" ("deleted_at") WHERE deleted_at IS NULL;`);

    this.addSql(
      `create table if not exists "label" ("id" text not null, "name" text not null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "label_pkey" primary key ("id"));`,
    );
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_label_deleted_at" ON "label" ("deleted_at") WHERE deleted_at IS NULL;`);

    this.addSql(
      `create table if not exists "album_label" ("album_id" text not null, "label_id" text not null, constraint "album_label_pkey" primary key ("album_id", "label_id"));`,
    );

    this.addSql(
      `create table if not exists "profile" ("id" text not null, "website" text null, "artist_id" text not null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "profile_pkey" primary key ("id"));`,
    );
    this.addSql(`CREATE UNIQUE INDEX IF NOT EXISTS "IDX_profile_artist_id_unique" ON "profile" ("artist_id") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_profile_deleted_at" ON "profile" ("deleted_at") WHERE deleted_at IS NULL;`);

    this.addSql(
      `create table if not exists "studio_ticket" ("id" text not null, "number" serial, "subject" text not null, "parent_id" text null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "studio_ticket_pkey" primary key ("id"));`,
    );
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_studio_ticket_parent_id" ON "studio_ticket" ("parent_id") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_studio_ticket_deleted_at" ON "studio_ticket" ("deleted_at") WHERE deleted_at IS NULL;`);

    this.addSql(
      `alter table if exists "album" add constraint "album_artist_id_foreign" foreign key ("artist_id") references "artist" ("id") on update cascade on delete cascade;`,
    );

    this.addSql(
      `alter table if exists "album_label" add constraint "album_label_album_id_foreign" foreign key ("album_id") references "album" ("id") on update cascade on delete cascade;`,
    );
    this.addSql(
      `alter table if exists "album_label" add constraint "album_label_label_id_foreign" foreign key ("label_id") references "label" ("id") on update cascade on delete cascade;`,
    );

    this.addSql(
      `alter table if exists "profile" add constraint "profile_artist_id_foreign" foreign key ("artist_id") references "artist" ("id") on update cascade on delete cascade;`,
    );

    this.addSql(
      `alter table if exists "studio_ticket" add constraint "studio_ticket_parent_id_foreign" foreign key ("parent_id") references "studio_ticket" ("id") on update cascade on delete set null;`,
    );
  }

  override async down(): Promise<void> {
    this.addSql(`alter table if exists "album" drop constraint if exists "album_artist_id_foreign";`);

    this.addSql(`alter table if exists "profile" drop constraint if exists "profile_artist_id_foreign";`);

    this.addSql(`alter table if exists "album_label" drop constraint if exists "album_label_album_id_foreign";`);

    this.addSql(`alter table if exists "album_label" drop constraint if exists "album_label_label_id_foreign";`);

    this.addSql(`alter table if exists "studio_ticket" drop constraint if exists "studio_ticket_parent_id_foreign";`);

    this.addSql(`drop table if exists "artist" cascade;`);

    this.addSql(`drop table if exists "album" cascade;`);

    this.addSql(`drop table if exists "genre" cascade;`);

    this.addSql(`drop table if exists "label" cascade;`);

    this.addSql(`drop table if exists "album_label" cascade;`);

    this.addSql(`drop table if exists "profile" cascade;`);

    this.addSql(`drop table if exists "studio_ticket" cascade;`);
  }
}

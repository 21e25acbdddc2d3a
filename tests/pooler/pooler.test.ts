import {
  createConnection,
  createRepository,
  createTablesSql,
  managerFor,
  Migration,
  model,
  ModuleService,
  read,
  runMigrations,
  specOf,
} from "@velella/data";
import type { ConnectionOptions } from "@velella/data";
import { createTestDatabase, hasPgBouncer, startPgBouncer } from "@velella/data/testing";
import type { Pooler, TestDatabase } from "@velella/data/testing";
import type { SqlConnection } from "@velella/kernel";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { adminHeaders, eventually, prepareDatabase, startApp, storeHeaders } from "../support/running-app";
import type { RunningApp } from "../support/running-app";
import { shopCopy } from "../support/scratch-app";
import type { ScratchApp } from "../support/scratch-app";

/** Everything works through a pooler in transaction mode, and leaves nothing behind on its connections. */

const Artist = model.define("artist", {
  id: model.id({ prefix: "art" }).primaryKey(),
  name: model.text().unique(),
  worth: model.bigNumber().default(0),
  albums: model.hasMany(() => Album, { mappedBy: "artist" }),
});
const Album = model.define("album", {
  id: model.id({ prefix: "alb" }).primaryKey(),
  title: model.text(),
  artist: model.belongsTo(() => Artist, { mappedBy: "albums" }),
});
const Studio = ModuleService({ Artist, Album });

class CreateTables extends Migration {
  override up() {
    for (const statement of createTablesSql([Artist, Album].map(specOf))) this.addSql(statement);
  }
}
class AddIndex extends Migration {
  override up() {
    this.addSql("create index concurrently album_title on album (title)");
  }
  override isTransactional() {
    return false;
  }
}
class FailsHalfway extends Migration {
  override up() {
    this.addSql("create table half (id text)");
    this.addSql("insert into nowhere values (1)");
  }
}

let database: TestDatabase;
let pooler: Pooler | undefined;

beforeAll(async () => {
  database = await createTestDatabase();
  if (hasPgBouncer()) pooler = await startPgBouncer(database.url, { connections: 6 });
});

afterAll(async () => {
  await pooler?.stop();
  await database?.drop();
});

/** What the server knows of this database: locks and settings that somebody left behind. */
async function leftBehind(): Promise<{ locks: number; idle: number }> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    const locks = await client.query(
      "select count(*)::int as n from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())",
    );
    const idle = await client.query(
      "select count(*)::int as n from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'",
    );
    return { locks: locks.rows[0].n, idle: idle.rows[0].n };
  } finally {
    await client.end();
  }
}

/** A connection that was closed goes on at the server for a moment. */
const nothingLeftBehind = () =>
  eventually(async () => {
    const { locks, idle } = await leftBehind();
    return locks === 0 && idle === 0;
  }, "neither locks nor open transactions are left behind");

const ways: [string, () => ConnectionOptions][] = [
  ["without a direct way", () => ({})],
  ["with a direct way to the server", () => ({ directUrl: database.url })],
];

describe.skipIf(!hasPgBouncer()).each(ways)(
  `models and migrations through PgBouncer, %s${hasPgBouncer() ? "" : " (skipped: no pgbouncer is installed)"}`,
  (_way, options) => {
    let connection: SqlConnection;
    let service: InstanceType<typeof Studio>;

    beforeEach(async () => {
      connection = createConnection({
        url: pooler?.urlOf(database.url) ?? "",
        preparedStatements: false,
        poolSize: 12,
        statementTimeoutMs: 5_000,
        ...options(),
      });
      service = new Studio({ baseRepository: createRepository(connection) });
      await connection.query("drop schema public cascade; create schema public");
    });

    afterEach(async () => {
      await connection.close();
      await nothingLeftBehind();
    });

    test("migrations run once, whoever else runs them", async () => {
      const modules = [{ module: "studio", migrations: { M1: CreateTables, M2: AddIndex } }];
      const runs = await Promise.all([1, 2, 3].map(() => runMigrations({ connection, modules })));
      expect(runs.map((run) => run.length).sort()).toEqual([0, 0, 2]);
      const bad = [{ module: "bad", migrations: { M1: FailsHalfway } }];
      await expect(runMigrations({ connection, modules: bad })).rejects.toMatchObject({ reason: "migration.failed" });
      expect((await connection.query("select to_regclass('half') as half")).rows).toEqual([{ half: null }]);
    });

    test("rows are written, read, counted and rolled back, from many at once", async () => {
      await runMigrations({ connection, modules: [{ module: "studio", migrations: { M1: CreateTables } }] });
      await Promise.all(
        Array.from({ length: 60 }, async (_, i) => {
          await service.createArtists({
            id: `a${i}`,
            name: `Artist ${i}`,
            worth: "0.10",
            albums: [{ title: `One of ${i}` }, { title: "Two" }],
          });
          const [rows, count] = await service.listAndCountArtists(
            { id: `a${i}`, albums: { title: { $like: "One%" } } },
            { relations: ["albums"], take: 1 },
          );
          expect([rows[0]?.albums.length, count]).toEqual([2, 1]);
          await service.updateArtists({ selector: { id: `a${i}` }, data: { worth: i } });
        }),
      );
      await expect(service.createArtists({ name: "Artist 1" })).rejects.toMatchObject({ reason: "data.already_exists" });
      await expect(
        connection.transaction(async (transaction) => {
          const context = { transactionManager: managerFor(transaction) };
          await service.softDeleteArtists("a1", {}, context);
          await service.createArtists({ name: "Artist 2" }, context).catch(() => undefined);
          await service.createArtists({ name: "Artist 1" }, context);
          throw new RangeError("undo");
        }),
      ).rejects.toThrow("undo");
      const { rows, count } = await read(connection, {
        spec: specOf(Artist),
        fields: {
          scalars: new Set(["name", "worth"]),
          relations: new Map([["albums", { scalars: new Set(["title"]), relations: new Map() }]]),
        },
        order: { name: "ASC" },
        take: 2,
        count: "estimate",
      });
      expect(rows).toMatchObject([
        { name: "Artist 0", albums: [{ title: expect.any(String) }, { title: expect.any(String) }] },
        { name: "Artist 1", worth: 1 },
      ]);
      expect(count).toBe(60);
    });

    test("time-outs hold where a transaction can set them", async () => {
      await expect(connection.transaction((transaction) => transaction.query("select pg_sleep(20)"))).rejects.toMatchObject({
        code: "57014",
      });
      expect((await connection.query("show statement_timeout")).rows).toEqual([{ statement_timeout: "0" }]);
    });

    test("no statement stays prepared", async () => {
      await connection.query("create table n (i int)");
      for (let round = 0; round < 8; round++) await connection.query("select i from n where i = $1", [round], "named");
      const prepared = await Promise.all(
        Array.from({ length: 12 }, () => connection.query("select name from pg_prepared_statements where name <> ''")),
      );
      expect(prepared.flatMap(({ rows }) => rows)).toEqual([]);
    });

    test("a session is had by the direct way, or refused with what is missing", async () => {
      if (options().directUrl) {
        const session = await connection.session();
        await session.query("select pg_advisory_lock(7)");
        expect((await leftBehind()).locks).toBe(1);
        await session.release();
      } else {
        await expect(connection.session()).rejects.toMatchObject({
          reason: "connection.no_session",
          hint: expect.stringContaining("directUrl"),
        });
      }
    });
  },
);

describe.skipIf(!hasPgBouncer()).each(ways)(
  `an app through PgBouncer, %s${hasPgBouncer() ? "" : " (skipped: no pgbouncer is installed)"}`,
  (_way, options) => {
    let shop: ScratchApp;
    let app: RunningApp | undefined;

    beforeAll(async () => {
      shop = shopCopy();
      const driver = JSON.stringify({ preparedStatements: false, ...options() });
      shop.write(
        "velella.config.ts",
        `const { databaseUrl, http } = { databaseUrl: process.env.DATABASE_URL, http: { jwtSecret: "s", cookieSecret: "s" } };
       module.exports = {
         projectConfig: { databaseUrl, http, databaseDriverOptions: ${driver} },
         modules: [{ resolve: "./src/modules/review" }, { resolve: "./src/modules/brand" }, { resolve: "./src/modules/cms" },
           { resolve: "@medusajs/medusa/notification", options: { providers: [{ resolve: "@medusajs/medusa/notification-local", id: "local", options: { channels: ["feed", "email"] } }] } }],
       };`,
      );
    });

    afterAll(async () => {
      await app?.stop();
      shop?.remove();
    });

    test("is migrated, boots, serves, runs workflows and delivers events; nothing is left behind", async () => {
      const client = new Client({ connectionString: database.url });
      await client.connect();
      await client.query("drop schema public cascade; create schema public");
      await client.end();
      const env = { DATABASE_URL: pooler?.urlOf(database.url) };
      await prepareDatabase({ directory: shop.directory, env });
      app = await startApp({ directory: shop.directory, env });
      const running = app;
      const admin = await adminHeaders(running);
      const { headers: store, channelId } = await storeHeaders(running, admin);
      const { body } = await running.request("POST", "/admin/brands", { headers: admin, body: { name: "Vela", handle: "vela" } });
      const created = await Promise.all(
        ["A", "B", "C", "D", "E", "F"].map((title) =>
          running.request("POST", "/admin/products", {
            headers: admin,
            body: {
              title,
              status: "published",
              sales_channels: [{ id: channelId }],
              options: [{ title: "Size", values: ["S"] }],
              additional_data: { brand_id: body.brand.id },
            },
          }),
        ),
      );
      expect(created.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
      const listed = await running.request("GET", "/admin/products?fields=id,title,*brand&order=title&limit=3", { headers: admin });
      expect(listed.body).toMatchObject({ count: 6, products: [{ title: "A", brand: { name: "Vela" } }, { title: "B" }, { title: "C" }] });
      const [{ id }] = listed.body.products;
      const review = await running.request("POST", `/store/products/${id}/reviews`, {
        headers: store,
        body: { author: "Ada", text: "Floats.", rating: 5 },
      });
      expect(review.status, review.text).toBe(201);
      await running.request("POST", `/admin/products/${id}`, { headers: admin, body: { title: "A2" } });
      await eventually(async () => {
        const look = new Client({ connectionString: database.url });
        await look.connect();
        const { rows } = await look.query("select 1 from notification where template = 'product-updated'").finally(() => look.end());
        return rows.length > 0;
      }, "a mail about the changed product");
      const removed = await running.request("DELETE", `/admin/products/${id}`, { headers: admin });
      expect(removed.status).toBe(200);
      // With a direct way the process holds the one lock by which others see that it lives; further ones end with their transactions.
      const held = options().directUrl ? 1 : 0;
      await eventually(async () => (await leftBehind()).locks === held, `${held} lock is held`);
      await running.stop();
      app = undefined;
      await nothingLeftBehind();
    });
  },
);

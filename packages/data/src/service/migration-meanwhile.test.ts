import type { SqlConnection } from "@velella/kernel";
import { silentLogger } from "@velella/kernel";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createConnection } from "../connection/connection";
import { createStudioDatabase } from "../testing/studio-database";
import type { StudioDatabase } from "../testing/studio-database";
import { Album, Artist, Label, Profile } from "../testing/studio/models";
import { createRepository } from "./repository";
import { ModuleService } from "./module-service";
import { managerFor } from "./sql-manager";

/** Tables change while requests run: what is prepared becomes stale, and nobody may notice outside of transactions. */

const Studio = ModuleService({ Artist, Album, Label, Profile });

let studio: StudioDatabase;
let connection: SqlConnection;
let service: InstanceType<typeof Studio>;

beforeAll(async () => {
  studio = await createStudioDatabase();
  connection = createConnection({ url: studio.url, poolSize: 4, logger: silentLogger() });
  service = new Studio({ baseRepository: createRepository(connection) });
  await service.createArtists({ id: "a1", name: "Ann", handle: "ann", albums: [{ title: "One", year: 1 }] });
});

afterAll(async () => {
  await connection.close();
  await studio.drop();
});

/** Changes of the table that a migration may make, each undone by the next. */
const changes = [
  "alter table artist add column extra text default 'x'",
  "alter table artist alter column rank type bigint",
  "alter table album alter column year type bigint",
  "alter table artist drop column extra",
  "alter table artist alter column rank type integer",
  "alter table album alter column year type integer",
];

async function whileMigrating(work: () => Promise<void>): Promise<void> {
  let running = true;
  let done = 0;
  const workers = [1, 2, 3].map(async () => {
    for (; running; done++) await work();
  });
  // A worker that fails ends the round, and the test.
  const all = Promise.all(workers);
  try {
    for (let round = 0; round < 3; round++) {
      for (const change of changes) {
        await studio.connection.query(change);
        const before = done;
        // As much is done as there are workers, so that they meet the change.
        const enough = vi.waitUntil(() => done >= before + workers.length, { timeout: 20_000, interval: 5 });
        await Promise.race([all, enough]);
      }
    }
  } finally {
    running = false;
  }
  await all;
}

test("reads and writes go on", async () => {
  let done = 0;
  await whileMigrating(async () => {
    expect(await service.listArtists({ name: "Ann" }, { relations: ["albums"], take: 5 })).toMatchObject([
      { rank: expect.any(Number), albums: [{ title: "One" }] },
    ]);
    const id = `t${done++}`;
    await service.createArtists({ id, name: id, handle: id, albums: [{ title: id, year: 2 }] });
    expect(await service.updateArtists({ id, rank: 7 })).toMatchObject({ rank: 7 });
    await service.softDeleteArtists(id);
  });
  expect(done).toBeGreaterThan(20);
});

test("a transaction that met a change is undone with an error that says so; run again, it passes", async () => {
  let met = 0;
  let passed = 0;
  await whileMigrating(async () => {
    const id = `u${met + passed}`;
    const attempt = () =>
      connection.transaction(async (transaction) => {
        const context = { transactionManager: managerFor(transaction) };
        await service.createArtists({ id, name: id, handle: id }, context);
        await service.listArtists({ id }, { take: 1 }, context);
        await service.deleteArtists(id, context);
        passed++;
      });
    for (let tries = 0; ; tries++) {
      const failure = await attempt().then(
        () => undefined,
        (error: Error) => error,
      );
      if (!failure) return;
      // Two of the workers may run at once under one id only after a failure; a deadlock with the change is PostgreSQL's to tell.
      if ((failure as { code?: string }).code === "40P01" || (failure as { reason?: string }).reason === "data.already_exists") return;
      expect(failure).toMatchObject({
        reason: "connection.stale_plan",
        type: "conflict",
        message: expect.stringContaining("A migration changed a table"),
      });
      met++;
      expect(tries).toBeLessThan(5);
    }
  });
  expect(passed).toBeGreaterThan(20);
  expect((await service.listArtists({ id: { $like: "u%" } })).length).toBe(0);
});

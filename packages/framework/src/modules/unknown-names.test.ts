import { createConnection, createTablesSql, model, ModuleService, specOf } from "@velella/data";
import { createContainer, silentLogger } from "@velella/kernel";
import type { SqlConnection } from "@velella/kernel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import { loadModules } from "./load-modules";
import { Module } from "./module";

const Note = model.define("note", { id: model.id().primaryKey(), title: model.text() });
class NoteService extends ModuleService({ Note }) {}

let database: TestDatabase;
let connection: SqlConnection;

beforeAll(async () => {
  database = await createTestDatabase();
  connection = createConnection({ url: database.url });
  for (const statement of createTablesSql([specOf(Note)])) await connection.query(statement);
});

afterAll(async () => {
  await connection.close();
  await database.drop();
});

async function load(options: { strict?: boolean; warn?: boolean }) {
  const lines: string[] = [];
  const container = createContainer();
  const logger = { ...silentLogger(), warn: (line: string) => void lines.push(line) };
  const module = { key: "notes", exports: Module("notes", { service: NoteService }), options: {}, dependencies: [], source: "notes" };
  await loadModules([module], { container, connection, logger, config: {}, database: {}, resolveProvider: () => undefined, ...options });
  return { notes: container.resolve<InstanceType<typeof NoteService>>("notes"), lines };
}

test("names that a module would ignore are warned of in development, and refused where the config is strict", async () => {
  const wrong = { title: "a", tilte: "b" };
  const developing = await load({});
  expect(await developing.notes.createNotes(wrong)).toMatchObject({ title: "a" });
  expect(developing.lines).toEqual(['The create ignores "tilte", which Note does not have. Did you mean "title"?']);

  const serving = await load({ warn: false });
  await serving.notes.createNotes(wrong);
  expect(serving.lines).toEqual([]);

  const strict = await load({ strict: true, warn: false });
  await expect(strict.notes.createNotes(wrong)).rejects.toMatchObject({ reason: "data.unknown_names" });
  expect(await strict.notes.listNotes()).toHaveLength(2);
});

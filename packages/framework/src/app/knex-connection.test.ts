import { createConnection } from "@velella/data";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "../../../data/src/testing/database";
import { knexInside } from "./knex-connection";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test("statements of Knex run in the transaction that they are given", async () => {
  const connection = createConnection({ url: database.url });
  try {
    const undone = connection.transaction(async (transaction) => {
      const knex = knexInside(transaction);
      await knex.schema.createTable("boat", (table) => void table.text("name"));
      await knex("boat").insert([{ name: "Vela" }, { name: "Argo" }]);
      expect(await knex("boat").where("name", "Vela").update({ name: "Velella" })).toBe(1);
      expect(await knex("boat").select("name").orderBy("name")).toEqual([{ name: "Argo" }, { name: "Velella" }]);
      throw new TypeError("undo");
    });
    await expect(undone).rejects.toThrow("undo");
    expect((await connection.query("select to_regclass('boat') as boat")).rows).toEqual([{ boat: null }]);
  } finally {
    await connection.close();
  }
});

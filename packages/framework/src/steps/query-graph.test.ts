import { asValue, createContainer } from "@velella/kernel";
import type { Container, SqlConnection } from "@velella/kernel";
import { createWorkflow, WorkflowResponse } from "@velella/workflows";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import { createShop, insert, openShop } from "../query/testing/shop";
import { useQueryGraphStep, useRemoteQueryStep } from "./query-graph";
import type { QueryGraphStepInput, RemoteQueryStepInput } from "./query-graph";

let database: TestDatabase;
let connection: SqlConnection;
let container: Container;
let query: ReturnType<typeof openShop>["query"];

beforeAll(async () => {
  database = await createTestDatabase();
  ({ connection } = await createShop(database.url));
  await insert(
    connection,
    "product",
    ["p1", "p2"].map((id) => ({ id, title: id })),
  );
  await insert(connection, "product_variant", [{ id: "v1", title: "v1", sku: "S", product_id: "p1" }]);
  ({ query } = openShop(connection, { warn: false }));
  container = createContainer();
  container.register({ query: asValue(query), remoteQuery: asValue(query) });
});

afterAll(async () => {
  await connection?.close();
  await database?.drop();
});

const reading = createWorkflow("reading", (input: QueryGraphStepInput) => new WorkflowResponse(useQueryGraphStep(input)));
const older = createWorkflow("reading-older", (input: RemoteQueryStepInput) => new WorkflowResponse(useRemoteQueryStep(input)));

const read = async (input: QueryGraphStepInput) => (await reading(container).run({ input })).result;
const readOlder = async (input: RemoteQueryStepInput) => (await older(container).run({ input })).result as unknown;
const order = { id: "ASC" as const };

describe("useQueryGraphStep", () => {
  test("gives rows and metadata, or one record", async () => {
    expect(await read({ entity: "product", fields: ["id"], pagination: { take: 1, order } })).toEqual({
      data: [{ id: "p1" }],
      metadata: { skip: 0, take: 1, count: 2 },
    });
    expect(await read({ entity: "product", fields: ["id"], filters: { id: "p2" }, options: { isList: false } })).toEqual({
      data: { id: "p2" },
    });
  });

  test("fails for a key without a record, where that is wanted", async () => {
    const input = { entity: "product", fields: ["id"], filters: { id: "no" }, options: { throwIfKeyNotFound: true } };
    await expect(read(input)).rejects.toMatchObject({ type: "not_found", message: "Product id not found: no" });
  });
});

describe("useRemoteQueryStep", () => {
  const base = { entry_point: "product", fields: ["id"] };

  test("gives the rows, or them with metadata for a page", async () => {
    expect(await readOlder({ ...base, variables: { order } })).toEqual([{ id: "p1" }, { id: "p2" }]);
    expect(await readOlder({ ...base, variables: { take: 1, order } })).toEqual({
      rows: [{ id: "p1" }],
      metadata: { skip: 0, take: 1, count: 2 },
    });
  });

  test("with list: false gives the first row, also of a page", async () => {
    expect(await readOlder({ ...base, variables: { order }, list: false })).toEqual({ id: "p1" });
    expect(await readOlder({ ...base, variables: { take: 1, skip: 1, order }, list: false })).toEqual({ id: "p2" });
    expect(await readOlder({ ...base, variables: { take: 1, filters: { id: "no" } }, list: false })).toBeUndefined();
  });

  test("without an entry point says what is missing", async () => {
    await expect(readOlder({ service: "product", fields: ["id"] } as never)).rejects.toMatchObject({
      message:
        'useRemoteQueryStep needs "entry_point", the name of a model or the entry point of a link; it got {"service":"product","fields":["id"]}.',
    });
  });
});

test("the nested form of remoteQuery cannot choose below the root, and says so", async () => {
  const nested = { product: { fields: ["id"], variants: { fields: ["sku"], __args: { filters: { sku: "S" }, take: 1 } } } };
  await expect(query(nested)).rejects.toMatchObject({
    message: 'remoteQuery cannot take "filters", "take" at "variants": only what the root gives can be chosen, and a context handed on.',
  });
});

import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { z as z3 } from "zod/v3";
import { defineMiddlewares } from "../middlewares/define-middlewares";
import { startServer } from "../testing/start-server";
import type { StartedServer } from "../testing/start-server";
import type { AppRequest, AppResponse, SchemaLike } from "../types";
import { withAdditionalData } from "../validators/additional-data";
import { validateAndTransformBody } from "./validate-body";

let running: StartedServer | undefined;
afterEach(async () => {
  await running?.server.close();
  running = undefined;
});

/** Validates one body through a server and gives the answer. */
async function post(
  schema: SchemaLike,
  body: unknown,
  additional?: Record<string, SchemaLike>,
): Promise<{ status: number; body: unknown }> {
  await running?.server.close();
  running = await startServer((server) => {
    server.addRoutes([
      {
        path: "/validated",
        exports: {
          POST: (req: AppRequest, res: AppResponse) => void res.json({ validated: req.validatedBody }),
          middlewares: { POST: [validateAndTransformBody(schema)] },
        },
      },
    ]);
    if (additional)
      server.useMiddlewares(defineMiddlewares([{ matcher: "/validated", methods: ["POST"], additionalDataValidator: additional }]));
  });
  return running.send("POST", "/validated", body);
}

async function message(schema: SchemaLike, body: unknown): Promise<string> {
  const answer = await post(schema, body);
  expect(answer).toMatchObject({ status: 400, body: { type: "invalid_data" } });
  return (answer.body as { message: string }).message;
}

const artist = z
  .object({
    name: z.string().min(2),
    rank: z.number().int().min(0).max(100).optional(),
    status: z.enum(["draft", "live", "gone"]).optional(),
    born_at: z.coerce.date().optional(),
    albums: z.array(z.object({ title: z.string(), year: z.number() }).strict()).optional(),
    data: z.record(z.string(), z.unknown()).nullish(),
  })
  .strict();

test.each([
  [{ name: "A" }, "Value for field 'name' too small, expected at least: '2'"],
  [{}, "Field 'name' is required"],
  [{ name: null }, "Expected type: 'string' for field 'name', got: 'null'"],
  [
    { name: 1, rank: "x", status: "no", extra: true },
    "Expected type: 'string' for field 'name', got: '1'; Expected type: 'number' for field 'rank', got: 'x'; Expected: 'draft, live, gone' for field 'status', but got: 'no'",
  ],
  [{ name: "Max", rank: 101 }, "Value for field 'rank' too big, expected at most: '100'"],
  [{ name: "Max", rank: 1.5 }, "Expected type: 'int' for field 'rank', got: '1.5'"],
  [{ name: "Nest", albums: [{ title: "x", year: 1, foo: 1 }] }, "Unrecognized fields: 'foo'"],
  [{ name: "Nest", albums: [{ title: 1, year: 1 }] }, "Field 'albums, 0, title' is required"],
  [{ name: "Date", born_at: "never" }, "Expected type: 'date' for field 'born_at', got: 'never'"],
  [{ name: "Data", data: "x" }, "Expected type: 'record' for field 'data', got: 'x'"],
  [{ name: "More", foo: 1, bar: 2 }, "Unrecognized fields: 'foo, bar'"],
])("the body %j is refused in the contract's words", async (body, expected) => {
  expect(await message(artist, body)).toBe(`Invalid request: ${expected}`);
});

test("every issue comes with its path, beyond the three of the message", async () => {
  const { body } = await post(artist, { name: 1, rank: "x", status: "no", extra: true });
  expect((body as { issues: { path: unknown[] }[] }).issues.map((issue) => issue.path)).toEqual([["name"], ["rank"], ["status"], []]);
});

test("values of unions get one message, from where a member got furthest", async () => {
  const methods = z.union([z.object({ option_id: z.string() }), z.array(z.object({ option_id: z.string() }))]);
  expect(await message(methods, {})).toBe("Invalid request: Expected type: 'array' for field 'option_id', got: 'undefined'");
  const option = z.object({ title: z.string(), values: z.array(z.string()) }).strict();
  const product = z.object({
    title: z.string(),
    options: z.array(z.union([option, z.object({ id: z.string(), value_ids: z.array(z.string()).optional() })])),
  });
  expect(await message(product, { title: "U", options: [{ title: 1, values: "S" }] })).toBe(
    "Invalid request: Field 'options, 0, title' is required",
  );
  const zone = z.object({
    zones: z.array(z.union([z.object({ type: z.literal("country") }), z.object({ type: z.literal("city"), city: z.string() })])),
  });
  expect(await message(zone, { zones: [{ type: "planet" }] })).toBe("Invalid request: Field 'zones, 0, type' is required");
});

test("strict at the top level only: passthrough and refine do not loosen it, nested objects drop unknown keys", async () => {
  const inner = z.object({ a: z.string() });
  const unknown = "Invalid request: Unrecognized fields: 'x'";
  expect(await message(z.object({ inner: inner.optional() }).passthrough(), { x: 1 })).toBe(unknown);
  expect(
    await message(
      z.object({}).refine(() => true),
      { x: 1 },
    ),
  ).toBe(unknown);
  expect(await message(z3.object({}).passthrough(), { x: 1 })).toBe(unknown);
  expect(
    await message(
      z3.object({}).refine(() => true),
      { x: 1 },
    ),
  ).toBe(unknown);
  expect(await post(z.object({ inner }), { inner: { a: "b", x: 1 } })).toEqual({ status: 200, body: { validated: { inner: { a: "b" } } } });
  expect((await post(z.union([z.object({ a: z.string() }), z.object({ b: z.string() })]), { a: "1", x: 1 })).status).toBe(200);
});

test("refinements keep their own message, in both versions of zod", async () => {
  const rule = (value: { a?: string; b?: string }) => value.a !== undefined || value.b !== undefined;
  const shape = { a: z.string().optional(), b: z.string().optional() };
  expect(await message(z.object(shape).refine(rule, "a or b, please"), {})).toBe("Invalid request: a or b, please");
  const older = z3.object({ a: z3.string().optional(), b: z3.string().optional() }).refine(rule, "a or b, please");
  expect(await message(older, {})).toBe("Invalid request: a or b, please");
});

test("schemas of zod 3 are refused in the same words", async () => {
  const schema = z3.object({
    name: z3.string().min(2),
    status: z3.enum(["draft", "live"]).optional(),
    kind: z3.literal("one").optional(),
    when: z3.date().optional(),
    id: z3.union([z3.string(), z3.array(z3.string())]).optional(),
  });
  expect(await message(schema, { name: 1, status: "no" })).toBe(
    "Invalid request: Expected type: 'string' for field 'name', got: '1'; Expected: 'draft, live' for field 'status', but got: 'no'",
  );
  expect(await message(schema, { name: "A", kind: "two" })).toBe(
    "Invalid request: Value for field 'name' too small, expected at least: '2'; Expected: 'one' for field 'kind', but got: 'two'",
  );
  expect(await message(schema, { name: "Ab", id: 5 })).toBe("Invalid request: Expected type: 'array' for field 'id', got: '5'");
});

const withData = withAdditionalData(z.object({ title: z.string() }));

test("additional_data: the app's fields are checked, other keys pass", async () => {
  const fields = { artist_id: z.string().optional(), mood: z.enum(["up", "down"]).optional() };
  const good = { title: "T", additional_data: { mood: "up", other: 1 } };
  expect(await post(withData, good, fields)).toEqual({ status: 200, body: { validated: good } });
  expect(await post(withData, { title: "T", additional_data: { mood: "sideways" } }, fields)).toMatchObject({
    status: 400,
    body: { message: "Invalid request: Expected: 'up, down' for field 'additional_data, mood', but got: 'sideways'" },
  });
  expect((await post(withData, { title: "T" }, fields)).status).toBe(200);
  expect((await post(withData, { title: "T", additional_data: null }, fields)).status).toBe(200);
  expect((await post(withData, { title: "T", additional_data: { any: 1 } })).status).toBe(200);
});

test("additional_data may be described with zod 3", async () => {
  const fields = { mood: z3.enum(["up", "down"]) };
  expect((await post(withData, { title: "T", additional_data: { mood: "up", other: 1 } }, fields)).body).toEqual({
    validated: { title: "T", additional_data: { mood: "up", other: 1 } },
  });
  expect((await post(withData, { title: "T", additional_data: { mood: "no" } }, fields)).status).toBe(400);
});

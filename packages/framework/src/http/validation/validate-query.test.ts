import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { defineMiddlewares } from "../middlewares/define-middlewares";
import { startServer } from "../testing/start-server";
import type { StartedServer } from "../testing/start-server";
import type { AppRequest, AppResponse } from "../types";
import { withAndOr } from "../validators/and-or";
import { createFindParams, createSelectParams } from "../validators/find-params";
import { createOperatorMap } from "../validators/operator-map";
import { selectFields } from "./select-fields";
import { validateAndTransformQuery } from "./validate-query";

const listParams = createFindParams({ limit: 10, offset: 0 }).merge(
  z.object({
    q: z.string().optional(),
    status: z.union([z.string(), z.array(z.string())]).optional(),
    kind: z.enum(["a", "b"]).array().optional(),
    rank: createOperatorMap(z.coerce.number()).optional(),
    created_at: createOperatorMap().optional(),
  }),
);
const defaults = ["id", "name", "handle", "status", "rank"];

let running: StartedServer;
beforeEach(async () => {
  const answer = (req: AppRequest, res: AppResponse) => {
    const { queryConfig, filterableFields, validatedQuery, remoteQueryConfig } = req;
    res.json({ ...queryConfig, filters: filterableFields, validated: validatedQuery, same: remoteQueryConfig === queryConfig });
  };
  running = await startServer(
    (server) => {
      server.addRoutes([
        { path: "/list", exports: { GET: answer } },
        { path: "/one", exports: { GET: answer } },
        { path: "/strict", exports: { GET: answer } },
        { path: "/store/things", exports: { GET: answer } },
      ]);
      server.useMiddlewares(
        defineMiddlewares([
          {
            matcher: "/list",
            methods: ["GET"],
            middlewares: [validateAndTransformQuery(listParams, { defaults, isList: true, defaultLimit: 10 })],
          },
          {
            matcher: "/one",
            methods: ["GET"],
            middlewares: [
              validateAndTransformQuery(createSelectParams(), { defaults: ["id", "*albums", "albums.songs.title"], isList: false }),
            ],
          },
          {
            matcher: "/strict",
            methods: ["GET"],
            middlewares: [
              validateAndTransformQuery(listParams, {
                defaults: ["id", "name"],
                allowed: ["id", "name", "albums", "albums.title", "status"],
                isList: true,
              }),
            ],
          },
          {
            matcher: "/store/things",
            methods: ["GET"],
            middlewares: [validateAndTransformQuery(createSelectParams(), { defaults: ["id", "*order_items"] })],
          },
        ]),
      );
    },
    { sections: [{ prefix: "/store", restrictedFields: "store" }], config: { http: { restrictedFields: { store: ["order", "orders"] } } } },
  );
});
afterEach(() => running.server.close());

async function get(path: string): Promise<Record<string, unknown>> {
  const { status, body } = await running.send("GET", path);
  expect(status).toBe(200);
  return body as Record<string, unknown>;
}

async function refusal(path: string): Promise<string> {
  const { status, body } = await running.send("GET", path);
  expect(status).toBe(400);
  return (body as { message: string }).message;
}

test("a list has a page, filters and the default fields", async () => {
  expect(await get("/list?order=-name&status[]=live&q=bo&rank[$gte]=0")).toEqual({
    fields: defaults,
    pagination: { skip: 0, take: 10, order: { name: "DESC" } },
    filters: { q: "bo", status: ["live"], rank: { $gte: 0 } },
    validated: { q: "bo", status: ["live"], rank: { $gte: 0 }, order: "-name", limit: 10, offset: 0 },
    same: true,
  });
  expect((await get("/list?limit=1&offset=2&with_deleted=true")).pagination).toEqual({ skip: 2, take: 1 });
  expect(await get("/list?with_deleted=true")).toMatchObject({ withDeleted: true, filters: {} });
});

test("one thing has no page", async () => {
  expect(await get("/one")).toMatchObject({ fields: ["id", "albums.*", "albums.songs.title"], pagination: {} });
});

test("wrong parameters are refused in the contract's words", async () => {
  expect(await refusal("/list?color=red")).toBe("Invalid request: Unrecognized fields: 'color'");
  expect(await refusal("/list?rank[$gte]=abc")).toBe("Invalid request: Expected type: 'number' for field 'rank, $gte', got: 'abc'");
  expect(await refusal("/list?limit=ten")).toBe("Invalid request: Expected type: 'number' for field 'limit', got: 'ten'");
  expect(await refusal("/list?kind=a")).toBe("Invalid request: Expected type: 'array' for field 'kind', got: 'a'");
});

test("fields that are not allowed, or restricted in the section, are left out", async () => {
  expect((await get("/strict?fields=id,name,albums.title")).fields).toEqual(["id", "name", "albums.title"]);
  expect((await get("/strict?fields=id,bio")).fields).toEqual(["id"]);
  expect((await get("/strict?fields=*albums,%2Balbums.year")).fields).toEqual(["id", "name", "albums.*"]);
  expect((await get("/store/things?fields=%2Border.id,*customer.orders,name.order_by")).fields).toEqual(["name.order_by", "id"]);
  expect((await get("/store/things")).fields).toEqual(["id", "order_items.*"]);
});

test.each([
  [undefined, ["id", "name", "variants.*", "variants.prices.*"]],
  ["title", ["title", "id"]],
  ["name,*albums", ["name", "albums.*", "id"]],
  ["+metadata,-description,id", ["metadata", "description", "id"]],
  ["+bio,-name", ["id", "variants.*", "variants.prices.*", "bio"]],
  [" bio", ["id", "name", "variants.*", "variants.prices.*", "bio"]],
  ["+*groups", ["id", "name", "variants.*", "variants.prices.*", "groups.*"]],
  ["-variants", ["id", "name"]],
  ["-id", ["name", "variants.*", "variants.prices.*", "id"]],
  ["*variants.calculated_price", ["id", "name", "variants.*", "variants.prices.*", "variants.calculated_price.*"]],
  [",, +,", ["id", "name", "variants.*", "variants.prices.*"]],
])("fields=%s selects %j", (requested, expected) => {
  expect(selectFields(requested, { defaults: ["id", "name", "*variants", "*variants.prices"] })).toEqual(expected);
});

test("filters can be combined with $and and $or", async () => {
  const schema = createFindParams().extend(withAndOr(z.object({ title: z.string().optional(), handle: z.string().optional() })).shape);
  expect(await schema.parseAsync({ $or: [{ title: "Mug" }, { $and: [{ handle: "x" }] }] })).toMatchObject({ $or: [{ title: "Mug" }, {}] });
  expect((await schema.safeParseAsync({ $or: "x" })).success).toBe(false);
});

import { asValue, createContainer } from "@velella/kernel";
import type { Container, SqlConnection } from "@velella/kernel";
import { managerFor } from "@velella/data";
import { createStep, createWorkflow, transform, when, WorkflowResponse } from "@velella/workflows";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import { LinkService } from "../links/link-service";
import type { LinkDefinition } from "../links/link-service";
import { createShop, insert, openShop } from "../query/testing/shop";
import { createRemoteLinkStep, dismissRemoteLinkStep, removeRemoteLinkStep, updateRemoteLinksStep } from "./links";
import type { DeletedRecords } from "./links";

/** The steps that link, run by workflows that succeed and by the same ones when a later step fails. */

let database: TestDatabase;
let connection: SqlConnection;
let container: Container;
let link: LinkService;

beforeAll(async () => {
  database = await createTestDatabase();
  ({ connection } = await createShop(database.url));
  await insert(
    connection,
    "product",
    ["p1", "p2"].map((id) => ({ id, title: id })),
  );
  await insert(
    connection,
    "review",
    ["r1", "r2"].map((id) => ({ id, text: id, stars: 1 })),
  );
  await insert(connection, "product_variant", [{ id: "v1", title: "v1", product_id: "p1" }]);
  const shop = openShop(connection, { warn: false });
  const service = (key: string) => shop.modules.find((module) => module.key === key)!.service();
  link = new LinkService({ links: shop.links, connection, service, manager: managerFor });
  container = createContainer();
  container.register({ link: asValue(link) });
});

afterAll(async () => {
  await connection?.close();
  await database?.drop();
});

beforeEach(async () => {
  await connection.query("truncate product_product_review_review, product_variant_price_set, price_set, price");
});

const pair = (product_id: string, review_id: string, data?: Record<string, unknown>): LinkDefinition => ({
  product: { product_id },
  review: { review_id },
  ...(data && { data }),
});
const any = { product: { product_id: undefined }, review: { review_id: undefined } };

/** All links with their values, in the order of their keys. */
async function linked(): Promise<string[]> {
  const rows = await link.list(any);
  return rows.map((row) => `${String(row.product_id)}-${String(row.review_id)} ${String(row.note)} ${String(row.weight)}`).toSorted();
}

const refuse = createStep("refuse", async () => {
  throw new RangeError("too late");
});

interface Input<T> {
  links: T;
  fails?: boolean;
}

const refuseIf = (input: { fails?: boolean }) => when(input, ({ fails }) => fails === true).then(() => void refuse());

const creating = createWorkflow("creating-links", (input: Input<LinkDefinition[]>) => {
  const rows = createRemoteLinkStep(input.links);
  refuseIf(input);
  return new WorkflowResponse(rows);
});
const updating = createWorkflow("updating-links", (input: Input<LinkDefinition[]>) => {
  updateRemoteLinksStep(input.links);
  refuseIf(input);
});
const dismissing = createWorkflow("dismissing-links", (input: Input<LinkDefinition | LinkDefinition[]>) => {
  dismissRemoteLinkStep(input.links);
  refuseIf(input);
});
const removing = createWorkflow("removing-links", (input: Input<DeletedRecords | DeletedRecords[] | undefined>) => {
  removeRemoteLinkStep(transform({ input }, ({ input: { links } }) => links));
  refuseIf(input);
});

describe("createRemoteLinkStep", () => {
  test("links, and gives the rows", async () => {
    const { result } = await creating(container).run({ input: { links: [pair("p1", "r1", { note: "n" }), pair("p1", "r2")] } });
    expect(result).toMatchObject([{ review_id: "r1", note: "n" }, { review_id: "r2" }]);
    expect(await linked()).toEqual(["p1-r1 n 1", "p1-r2 null 1"]);
  });

  test("taken back, leaves what was linked before as it was, values included", async () => {
    await link.create([pair("p1", "r1", { note: "mine", weight: 7 }), pair("p2", "r2")]);
    await link.dismiss(pair("p2", "r2"));
    const links = [pair("p1", "r1", { note: "theirs", weight: 8 }), pair("p1", "r2"), pair("p2", "r2")];
    await expect(creating(container).run({ input: { links, fails: true } })).rejects.toThrow("too late");
    expect(await linked()).toEqual(["p1-r1 mine 7"]);
  });

  test("taken back, of many ids in one definition, dismisses only those that are new", async () => {
    await link.create(pair("p1", "r1", { note: "mine" }));
    const links = [{ product: { product_id: ["p1", "p2"] }, review: { review_id: ["r1", "r2"] } }];
    await expect(creating(container).run({ input: { links, fails: true } })).rejects.toThrow("too late");
    expect(await linked()).toEqual(["p1-r1 mine 1"]);
  });

  test("of nothing does nothing, and has nothing to take back", async () => {
    expect((await creating(container).run({ input: { links: [] } })).result).toEqual([]);
    await expect(creating(container).run({ input: { links: [], fails: true } })).rejects.toThrow("too late");
  });
});

describe("updateRemoteLinksStep", () => {
  test("writes values", async () => {
    await link.create(pair("p1", "r1", { note: "old" }));
    await updating(container).run({ input: { links: [pair("p1", "r1", { note: "new" })] } });
    expect(await linked()).toEqual(["p1-r1 new 1"]);
  });

  test("taken back, writes the former ones, and dismisses what was not linked", async () => {
    await link.create(pair("p1", "r1", { note: "old" }));
    const links = [pair("p1", "r1", { note: "new", weight: 9 }), pair("p2", "r1")];
    await expect(updating(container).run({ input: { links, fails: true } })).rejects.toThrow("too late");
    expect(await linked()).toEqual(["p1-r1 old 1"]);
  });
});

describe("dismissRemoteLinkStep", () => {
  test("dismisses one or many", async () => {
    await link.create([pair("p1", "r1"), pair("p1", "r2"), pair("p2", "r1")]);
    await dismissing(container).run({ input: { links: pair("p1", "r1") } });
    await dismissing(container).run({ input: { links: [pair("p1", "r2")] } });
    expect(await linked()).toEqual(["p2-r1 null 1"]);
  });

  test("taken back, links again what it had dismissed, and nothing else", async () => {
    await link.create(pair("p1", "r1", { note: "kept", weight: 3 }));
    const links = [pair("p1", "r1"), pair("p2", "r2")];
    await expect(dismissing(container).run({ input: { links, fails: true } })).rejects.toThrow("too late");
    expect(await linked()).toEqual(["p1-r1 kept 3"]);
  });
});

describe("removeRemoteLinkStep", () => {
  const variant = { product: { variant_id: "v1" }, pricing: { price_set_id: "pset_1" } };
  const deletedSets = async () => (await connection.query("select 1 from price_set where deleted_at is not null")).rowCount;

  beforeEach(async () => {
    await insert(connection, "price_set", [{ id: "pset_1" }]);
    await link.create([variant, pair("p1", "r1", { note: "n" }), pair("p2", "r1")]);
  });

  test("removes the links of records, and what follows them", async () => {
    await removing(container).run({ input: { links: { product: { product_id: ["p1"], variant_id: "v1" } } } });
    expect(await linked()).toEqual(["p2-r1 null 1"]);
    expect([await deletedSets(), (await link.list(variant)).length]).toEqual([1, 0]);
  });

  test("taken back, restores both", async () => {
    const links: DeletedRecords[] = [{ product: { product_id: "p1" } }, { product: { variant_id: ["v1"] } }];
    await expect(removing(container).run({ input: { links, fails: true } })).rejects.toThrow("too late");
    expect(await linked()).toEqual(["p1-r1 n 1", "p2-r1 null 1"]);
    expect([await deletedSets(), (await link.list(variant)).length]).toEqual([0, 1]);
  });

  test("taken back, restores nothing that was removed before it", async () => {
    await link.delete({ product: { product_id: "p1" } });
    const links = { product: { product_id: "p1" } };
    await expect(removing(container).run({ input: { links, fails: true } })).rejects.toThrow("too late");
    expect(await linked()).toEqual(["p2-r1 null 1"]);
    await link.restore(links);
    expect(await linked()).toHaveLength(2);
  });

  test("of nothing at all does nothing", async () => {
    await removing(container).run({ input: { links: undefined } });
    expect(await linked()).toHaveLength(2);
  });
});

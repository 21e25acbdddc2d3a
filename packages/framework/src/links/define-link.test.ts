import { specOf } from "@velella/data";
import { createAppRegistries, loadInto } from "@velella/kernel";
import { describe, expect, test } from "vitest";
import { Artist, linkable, Product, Review } from "../query/testing/shop";
import { defineLink } from "./define-link";
import { linkRegistryKind } from "./link-registry";
import type { ReadOnlyLinkSpec, TableLinkSpec } from "./link-spec";
import { resolveLinks } from "./resolve-links";

const modules = [
  { key: "product", models: [specOf(Product)] },
  { key: "review", models: [specOf(Review)] },
  { key: "studio", models: [specOf(Artist)] },
];

function define<T>(run: () => T, file = "src/links/a.ts") {
  const registries = createAppRegistries();
  const result = loadInto(registries, file, run);
  return { result, registry: registries.get(linkRegistryKind) };
}

describe("names", () => {
  test("come from modules and models, and are filled in at boot", () => {
    const { result, registry } = define(() =>
      defineLink({ linkable: linkable.studio.artist, deleteCascade: true }, { linkable: linkable.product.product, isList: true }),
    );
    expect({ ...result }).toEqual({ serviceName: "", entity: "", entryPoint: "" });
    const [link] = resolveLinks(registry.all(), modules) as [TableLinkSpec];
    expect({ ...result }).toEqual({
      serviceName: "StudioArtistProductProductLink",
      entity: "LinkStudioArtistProductProduct",
      entryPoint: "artist_product",
    });
    expect(link.table).toBe("studio_artist_product_product");
    expect(
      link.sides.map(({ key, field, linkField, isList, deleteCascade }) => ({ key, field, linkField, isList, deleteCascade })),
    ).toEqual([
      { key: "artist_id", field: "artist", linkField: "artist_link", isList: false, deleteCascade: true },
      { key: "product_id", field: "products", linkField: "product_link", isList: true, deleteCascade: false },
    ]);
    expect([...link.model.propertyByName.keys()]).toEqual(["artist_id", "product_id", "id", "created_at", "updated_at", "deleted_at"]);
  });

  test("can be chosen", () => {
    const { registry } = define(() =>
      defineLink(
        { linkable: linkable.product.product, alias: "item" },
        { linkable: linkable.review.review, isList: true, alias: "opinion" },
        { database: { table: "opinions", idPrefix: "op", extraColumns: { note: { type: "text", nullable: true } } } },
      ),
    );
    const [link] = resolveLinks(registry.all(), modules) as [TableLinkSpec];
    expect(link).toMatchObject({ table: "opinions", idPrefix: "op", columns: [{ name: "note", sqlType: "text", nullable: true }] });
    expect(link.sides.map((side) => side.field)).toEqual(["item", "opinions"]);
  });

  test("of a definition belong to the file, and go when it is loaded again", () => {
    const registries = createAppRegistries();
    const load = () => loadInto(registries, "src/links/a.ts", () => defineLink(linkable.product.product, linkable.review.review));
    load();
    registries.forget("src/links/a.ts");
    load();
    expect(resolveLinks(registries.get(linkRegistryKind).all(), modules)).toHaveLength(1);
  });
});

describe("read-only links", () => {
  test("have no names, and read one record by a key", () => {
    const { result, registry } = define(() =>
      defineLink({ linkable: linkable.review.review, field: "customer_id" }, linkable.product.product, { readOnly: true }),
    );
    expect(result).toBeUndefined();
    expect(resolveLinks(registry.all(), modules)).toMatchObject([
      { kind: "readOnly", name: "product", many: false, from: { field: "customer_id" }, to: { primaryKey: "id" } },
    ]);
  });

  test("read the other way by a key of the other side: as many as there are", () => {
    const { registry } = define(() =>
      defineLink(
        { linkable: linkable.product.product, field: "id" },
        { ...linkable.review.review.id, primaryKey: "text" },
        { readOnly: true },
      ),
    );
    const [link] = resolveLinks(registry.all(), modules) as [ReadOnlyLinkSpec];
    expect(link).toMatchObject({ name: "review", many: "auto", to: { module: "review", model: "Review", primaryKey: "text" } });
  });

  test("may have the key on the right side as well: that side reads the left one", () => {
    const { registry } = define(() =>
      defineLink(linkable.product.product, { linkable: linkable.review.review, field: "customer_id" }, { readOnly: true }),
    );
    expect(resolveLinks(registry.all(), modules)).toMatchObject([
      { name: "product", from: { module: "review", field: "customer_id" }, to: { module: "product", primaryKey: "id" } },
    ]);
  });

  test("to a virtual model name the module, the alias and the key", () => {
    const { registry } = define(() =>
      defineLink(
        { linkable: linkable.product.product, field: "id" },
        { linkable: { serviceName: "review", alias: "content", primaryKey: "product_id" } },
        { readOnly: true },
      ),
    );
    expect(resolveLinks(registry.all(), modules)).toMatchObject([
      { name: "content", many: "auto", to: { module: "review", model: undefined, primaryKey: "product_id" } },
    ]);
  });
});

describe("the forms of a side", () => {
  test("options beside a linkable, spread into it, and the columns by module say the same", () => {
    const forms: (() => unknown)[] = [
      () =>
        defineLink(linkable.product.product, {
          linkable: linkable.review.review,
          primaryKey: "text",
          alias: "note",
          isList: true,
          deleteCascade: true,
          filterable: ["stars"],
        }),
      () =>
        defineLink(linkable.product.product, {
          ...linkable.review.review.id,
          primaryKey: "text",
          alias: "note",
          isList: true,
          deleteCascade: true,
          filterable: ["stars"],
        }),
      () =>
        defineLink(
          linkable.product.product,
          { ...linkable.review.review, alias: "note", isList: true, deleteCascade: true, filterable: ["stars"] } as never,
          { pk: { review: "text" } },
        ),
    ];
    for (const form of forms) {
      const [link] = resolveLinks(define(form).registry.all(), modules) as [TableLinkSpec];
      expect(link.sides[1]).toMatchObject({
        key: "review_text",
        primaryKey: "text",
        alias: "note",
        field: "notes",
        isList: true,
        deleteCascade: true,
        filterable: ["stars"],
      });
    }
  });

  test("a column for a module that is on neither side is refused", () => {
    expect(() => define(() => defineLink(linkable.product.product, linkable.review.review, { pk: { customer: "id" } }))).toThrow(
      'src/links/a.ts: "pk" of the link names the module "customer", which is on neither side (product and review).',
    );
  });
});

describe("mistakes are told with file and name", () => {
  const messageOf = (run: () => unknown): { message: string; hint?: string } => {
    try {
      const { registry } = define(run);
      resolveLinks(registry.all(), modules);
    } catch (error) {
      return error as Error;
    }
    return { message: "no error" };
  };

  test("a side that is no linkable", () => {
    expect(messageOf(() => defineLink((linkable.review as never)["reviw"], linkable.product.product)).message).toBe(
      "src/links/a.ts: the left side of defineLink is undefined, not a linkable of a module.",
    );
    expect(messageOf(() => defineLink(linkable.product.product, { linkable: undefined } as never)).message).toContain("the right side");
  });

  test("a model that its module does not have", () => {
    const error = messageOf(() => defineLink(linkable.product.product, { ...linkable.review.review.id, entity: "Reviw" }));
    expect(error.message).toBe('src/links/a.ts links to the model "Reviw", which the module "review" does not have.');
    expect(error.hint).toContain('"Review"');
  });

  test("a module that is not loaded, unless the link is optional", () => {
    const error = messageOf(() => defineLink(linkable.product.product, linkable.customer.customer));
    expect(error.message).toBe('src/links/a.ts links to the module "customer", which is not loaded.');
    expect(messageOf(() => defineLink(linkable.product.product, linkable.customer.customer, { optional: true })).message).toBe("no error");
  });

  test("a read-only link without field, or with one that is not there", () => {
    expect(messageOf(() => defineLink(linkable.review.review, linkable.product.product, { readOnly: true })).message).toContain(
      'needs "field"',
    );
    const error = messageOf(() =>
      defineLink({ linkable: linkable.review.review, field: "custmer_id" }, linkable.product.product, { readOnly: true }),
    );
    expect(error).toMatchObject({
      message: 'src/links/a.ts: the model "Review" has no property "custmer_id".',
      hint: expect.stringContaining("customer_id"),
    });
  });

  test("a model linked with itself under one key", () => {
    const error = messageOf(() => defineLink(linkable.product.product, { linkable: linkable.product.product, isList: true }));
    expect(error.message).toBe('src/links/a.ts: both sides of the link are stored as "product_id".');
    const related = { linkable: linkable.product.product, isList: true, key: "related_product_id", alias: "related" };
    expect(messageOf(() => defineLink(linkable.product.product, related)).message).toBe("no error");
  });

  test("options that contradict each other", () => {
    const [review, product] = [linkable.review.review, linkable.product.product];
    const readOnly = (left: object, right: object, options: object = {}) =>
      messageOf(() =>
        defineLink({ linkable: review, field: "customer_id", ...left }, { linkable: product, ...right }, { ...options, readOnly: true }),
      ).message;
    const noTable = '"readOnly" contradict each other: a read-only link has no table, and so neither rows nor names for them.';
    expect(readOnly({ deleteCascade: true }, {})).toBe(`src/links/a.ts: "deleteCascade" and ${noTable}`);
    expect(readOnly({}, { deleteCascade: true })).toBe(`src/links/a.ts: "deleteCascade" and ${noTable}`);
    expect(readOnly({}, { key: "x" })).toBe(`src/links/a.ts: "key" and ${noTable}`);
    expect(readOnly({}, {}, { database: { table: "x" } })).toBe(`src/links/a.ts: "database" and ${noTable}`);
    expect(readOnly({}, {}, { entryPoint: "x" })).toBe(`src/links/a.ts: "entryPoint" and ${noTable}`);
    expect(readOnly({ isList: true, deleteCascade: false }, { isList: true })).toBe("no error");
    const error = messageOf(() => defineLink({ linkable: review, field: "customer_id" }, product));
    expect(error.message).toContain('"field" and "readOnly: false" contradict each other: the link has a table of its own');
  });

  test("a property by which it is to be filtered, that the model does not have", () => {
    const by = (filterable: string[]) =>
      messageOf(() => defineLink(linkable.product.product, { linkable: linkable.review.review, filterable }));
    expect(by(["stars"]).message).toBe("no error");
    expect(by(["star"])).toMatchObject({
      message: 'src/links/a.ts: the model "Review" has no property "star".',
      hint: expect.stringContaining("stars"),
    });
  });

  test("two links of the same keys, that have tables of their own", () => {
    const twice = (key?: string) => () => [
      defineLink(linkable.product.product, linkable.review.review),
      defineLink(linkable.product.product, { linkable: linkable.review.review, key, alias: "other" }, { database: { table: "other" } }),
    ];
    expect(messageOf(twice())).toMatchObject({
      message:
        'src/links/a.ts and src/links/a.ts both link product.product_id with review.review_id: link.create could not tell the tables "product_product_review_review" and "other" apart.',
      hint: expect.stringContaining('"key"'),
    });
    expect(messageOf(twice("other_review_id")).message).toBe("no error");
  });

  test("columns of an unknown type or a taken name, and two links with one table", () => {
    const withColumn = (name: string, type: string) => () =>
      defineLink(linkable.product.product, linkable.review.review, { database: { extraColumns: { [name]: { type } } } });
    expect(messageOf(withColumn("note", "varchar2")).message).toContain('"note" has the type "varchar2"');
    expect(messageOf(withColumn("id", "text")).message).toContain('"id"');
    const twice = () => [
      defineLink(linkable.product.product, linkable.review.review),
      defineLink(linkable.product.product, linkable.review.review),
    ];
    expect(messageOf(twice).message).toContain('"product_product_review_review"');
  });
});

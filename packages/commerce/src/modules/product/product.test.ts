import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestModule } from "../../testing/test-module";
import type { TestModule } from "../../testing/test-module";
import { ProductModuleService } from "./service";
import type { ProductRecord } from "./types";

let module: TestModule<ProductModuleService>;
let products: ProductModuleService;

beforeAll(async () => {
  module = await createTestModule("product", ProductModuleService);
  products = module.service;
});
afterAll(() => module.close());

const shirt = (n: number) => ({
  title: `Shirt ${n}`,
  options: [{ title: "Size", values: ["S", "M"] }],
  variants: [
    { title: "S", sku: `SH${n}-S`, options: { Size: "S" } },
    { title: "M", sku: `SH${n}-M`, options: { Size: "M" } },
  ],
});

test("a product comes with its options, variants, images, and a handle made from its title", async () => {
  const product = await products.createProducts({ ...shirt(1), title: "Ärmel & Co. 100%", images: [{ url: "a.png" }, { url: "b.png" }] });
  expect(product).toMatchObject({ handle: "ärmel-co-100", status: "draft", thumbnail: "a.png" });
  expect(product.id).toMatch(/^prod_/);
  expect(product.images.map(({ url, rank }) => [url, rank]).sort()).toEqual([
    ["a.png", 0],
    ["b.png", 1],
  ]);
  expect(product.options).toMatchObject([{ title: "Size", is_exclusive: true }]);
  expect(product.options[0]!.values.map(({ value }) => value).sort()).toEqual(["M", "S"]);
  expect(product.variants.map(({ title, options }) => [title, options.map(({ value }) => value)]).sort()).toEqual([
    ["M", ["M"]],
    ["S", ["S"]],
  ]);
});

test("what is created leaves nothing behind when a part of it is refused", async () => {
  await products.createProducts(shirt(2));
  await expect(
    products.createProducts([
      { title: "Fine", options: [{ title: "D", values: ["1"] }] },
      { ...shirt(2), handle: "other" },
    ]),
  ).rejects.toMatchObject({
    type: "invalid_data",
    message: "Product variant with sku: SH2-S, already exists.",
  });
  expect(await products.listProducts({ title: "Fine" })).toEqual([]);
});

test.each([
  ["a taken handle", { ...shirt(3), handle: "taken" }, "Product with handle: taken, already exists."],
  [
    "a handle that is none",
    { title: "Z", handle: "not a handle!" },
    "Invalid product handle 'not a handle!'. It must contain URL safe characters",
  ],
  [
    "an unknown tag",
    { title: "Z", tag_ids: ["ptag_none"] },
    "Tag with id ptag_none not found. Please create the tag before associating it with the product.",
  ],
  [
    "an unknown collection",
    { title: "Z", collection_id: "pcol_none" },
    "You tried to set relationship collection_id: pcol_none, but such entity does not exist",
  ],
  [
    "a value of no option",
    { ...shirt(4), variants: [{ title: "R", options: { Color: "Red" } }] },
    "Option value Red does not exist for option Color",
  ],
  [
    "no value of an option",
    { ...shirt(5), variants: [{ title: "X", options: { Size: "XXL" } }] },
    "Option value XXL does not exist for option Size",
  ],
])("%s is refused", async (_name, input, message) => {
  if (message.includes("taken")) await products.createProducts({ title: "Taken", handle: "taken" });
  await expect(products.createProducts(input)).rejects.toMatchObject({ message });
});

test("metadata is merged, and an empty text removes a key", async () => {
  const { id } = await products.createProducts({ title: "Meta", metadata: { a: 1, b: 2 } });
  const updated = await products.updateProducts(id, { metadata: { b: 3, a: "" } });
  expect(updated.metadata).toEqual({ b: 3 });
});

test("updating takes an id, a selector, or objects with ids", async () => {
  const [a, b] = await products.createProducts([{ title: "Up A" }, { title: "Up B" }]);
  expect((await products.updateProducts(a!.id, { subtitle: "one" })).subtitle).toBe("one");
  const both = (await products.updateProducts({ id: [a!.id, b!.id] }, { material: "wool" })) as ProductRecord[];
  expect(both.map(({ material }) => material)).toEqual(["wool", "wool"]);
  const list = await products.updateProducts([{ id: b!.id, title: "Up B2" }]);
  expect(list).toMatchObject([{ title: "Up B2", material: "wool" }]);
  await expect(products.updateProducts("prod_none", { title: "x" })).rejects.toMatchObject({
    message: 'Product with id "prod_none" not found',
  });
});

test("images are replaced by their list, and keep their identity by URL", async () => {
  const product = await products.createProducts({ title: "Pics", images: [{ url: "1" }, { url: "2" }] });
  const second = product.images.find(({ url }) => url === "2")!;
  const { images } = await products.updateProducts(product.id, { images: [{ url: "2" }, { url: "3" }] });
  expect([...images].sort((a, b) => a.rank - b.rank).map(({ id, url }) => [id === second.id, url])).toEqual([
    [true, "2"],
    [false, "3"],
  ]);
});

test("a product's variants are replaced by their list", async () => {
  const product = await products.createProducts(shirt(6));
  const small = product.variants.find(({ title }) => title === "S")!;
  const { variants } = await products.updateProducts(product.id, { variants: [{ id: small.id, title: "Small" }] });
  expect(variants.map(({ id, title }) => [id, title])).toEqual([[small.id, "Small"]]);
});

test("a choice of values exists once per product, and may be changed", async () => {
  const product = await products.createProducts(shirt(7));
  await expect(products.createProductVariants({ product_id: product.id, title: "S2", options: { Size: "S" } })).rejects.toMatchObject({
    message: "Variant (S) with provided options already exists.",
  });
  const without = await products.createProductVariants({ product_id: product.id, title: "None" });
  expect(without.options).toEqual([]);
  const small = product.variants.find(({ title }) => title === "S")!;
  await expect(products.updateProductVariants(small.id, { options: { Size: "M" } })).rejects.toMatchObject({
    message: "Variant (M) with provided options already exists.",
  });
  expect((await products.updateProductVariants(small.id, { options: { Size: "S" }, title: "Small" })).title).toBe("Small");
});

test("a shared option brings the values that a product uses, and new ones only when they are added", async () => {
  const option = await products.createProductOptions({ title: "Fabric", values: ["Wool", "Silk"], ranks: { Wool: 2, Silk: 1 } });
  expect(option).toMatchObject({ is_exclusive: false });
  const wool = option.values.find(({ value }) => value === "Wool")!;
  const product = await products.createProducts({ title: "Scarf", options: [{ id: option.id, value_ids: [wool.id] }] });
  const silk = { product_id: product.id, title: "Silk", options: { Fabric: "Silk" } };
  await expect(products.createProductVariants(silk)).rejects.toMatchObject({
    message: "Option value Silk does not exist for option Fabric",
  });
  const silkValue = option.values.find(({ value }) => value === "Silk")!;
  await products.updateProductOptionValuesOnProduct({ product_id: product.id, product_option_id: option.id, add: [silkValue.id] });
  expect((await products.createProductVariants(silk)).options).toMatchObject([{ value: "Silk", option: { title: "Fabric" } }]);
  await expect(products.removeProductOptionFromProduct({ product_id: product.id, product_option_id: option.id })).rejects.toMatchObject({
    type: "invalid_data",
  });
});

test("changing an option's values keeps those that are named", async () => {
  const option = await products.createProductOptions({ title: "Shade", values: ["Light", "Dark"] });
  const light = option.values.find(({ value }) => value === "Light")!;
  const updated = await products.updateProductOptions(option.id, { title: "Tone", values: ["Light", "Medium"] });
  expect(updated.title).toBe("Tone");
  expect(updated.values.map(({ value }) => value).sort()).toEqual(["Light", "Medium"]);
  expect(updated.values.find(({ value }) => value === "Light")!.id).toBe(light.id);
});

test("deleting a product takes its variants along, and frees its handle and skus", async () => {
  const product = await products.createProducts({ ...shirt(8), handle: "free-again" });
  await products.softDeleteProducts([product.id]);
  expect(await products.listProductVariants({ product_id: product.id })).toEqual([]);
  const again = await products.createProducts({ ...shirt(8), handle: "free-again" });
  expect(again.variants).toHaveLength(2);
});

test("a list can be searched by words of products and of their variants", async () => {
  await products.createProducts([
    { ...shirt(9), title: "Hat" },
    { title: "Bag", description: "for a hat" },
  ]);
  const byWord = await products.listProducts({ q: "hat" }, { order: { title: "ASC" } });
  expect(byWord.map(({ title }) => title)).toEqual(["Bag", "Hat"]);
  const bySku = await products.listProducts({ q: "SH9-M" });
  expect(bySku.map(({ title }) => title)).toEqual(["Hat"]);
});

test("categories know their path and place, and move with what is below them", async () => {
  const root = await products.createProductCategories({ name: "Root" });
  const [a, b] = await products.createProductCategories([
    { name: "A", parent_category_id: root.id },
    { name: "B", parent_category_id: root.id },
  ]);
  const leaf = await products.createProductCategories({ name: "Leaf", parent_category_id: a!.id });
  expect([a!.rank, b!.rank]).toEqual([0, 1]);
  expect(leaf).toMatchObject({ handle: "leaf", mpath: `${root.id}.${a!.id}.${leaf.id}` });

  await products.updateProductCategories(b!.id, { rank: 0 });
  const ordered = await products.listProductCategories({ parent_category_id: root.id }, { order: { rank: "ASC" } });
  expect(ordered.map(({ name, rank }) => [name, rank])).toEqual([
    ["B", 0],
    ["A", 1],
  ]);

  await products.updateProductCategories(a!.id, { parent_category_id: b!.id });
  expect((await products.retrieveProductCategory(leaf.id)).mpath).toBe(`${root.id}.${b!.id}.${a!.id}.${leaf.id}`);
  await expect(products.updateProductCategories(b!.id, { parent_category_id: leaf.id })).rejects.toMatchObject({ type: "invalid_data" });
  await expect(products.softDeleteProductCategories([root.id])).rejects.toMatchObject({
    type: "not_allowed",
    message: `Deleting ProductCategory (${root.id}) with category children is not allowed`,
  });
});

test("collections, tags and types say what is taken", async () => {
  const collection = await products.createProductCollections({ title: "Summer Sale" });
  expect(collection.handle).toBe("summer-sale");
  await expect(products.createProductCollections({ title: "Other", handle: "summer-sale" })).rejects.toMatchObject({
    message: "Product collection with handle: summer-sale, already exists.",
  });
  await products.createProductTags({ value: "hot" });
  await expect(products.createProductTags({ value: "hot" })).rejects.toMatchObject({
    message: "Product tag with value: hot, already exists.",
  });
  const [tag] = await products.upsertProductTags([{ value: "new" }]);
  expect((await products.upsertProductTags({ id: tag!.id, value: "newer" })).id).toBe(tag!.id);
});

import { model } from "@velella/data";
import { expect, test } from "vitest";
import { buildLinkable } from "./linkable";

const BlogPost = model.define("blog_post", { id: model.id().primaryKey(), title: model.text() });
const Category = model.define("category", { code: model.text().primaryKey() });

test("a linkable says by which key of which module a model is linked", () => {
  const linkable = buildLinkable("blog", { BlogPost, Category });
  const post = { serviceName: "blog", field: "blogPost", entity: "BlogPost", linkable: "blog_post_id", primaryKey: "id" };
  expect(JSON.parse(JSON.stringify(linkable.blogPost))).toEqual(post);
  expect(linkable.blogPost).toMatchObject(post);
  expect(linkable.blogPost.id).toEqual({ ...post, field: "id" });
  expect(linkable.category).toMatchObject({
    linkable: "category_code",
    primaryKey: "code",
    code: { linkable: "category_code", primaryKey: "code" },
  });
});

test("capitals in a row are one word, as in the type", () => {
  const FAQ = model.define("FAQ", { id: model.id().primaryKey() });
  const APIKey = model.define("APIKey", { id: model.id().primaryKey() });
  const Seat = model.define("seat", { row: model.text().primaryKey(), number: model.number().primaryKey() });
  const linkable = buildLinkable("help", { FAQ, APIKey, Seat });
  expect(Object.keys(linkable)).toEqual(["faq", "apiKey", "seat"]);
  expect(linkable.faq).toMatchObject({ entity: "Faq", linkable: "faq_id" });
  expect(linkable.apiKey).toMatchObject({ field: "apiKey", linkable: "api_key_id" });
  expect(linkable.seat.number).toMatchObject({ linkable: "seat_number", primaryKey: "number" });
});

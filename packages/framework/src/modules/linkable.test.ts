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

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTablesSql } from "../ddl/create-tables";
import { model } from "../model/model";
import { specOf } from "../model/spec-of";
import { recordStatements } from "../testing/record-statements";
import { createStudioDatabase } from "../testing/studio-database";
import type { StudioDatabase } from "../testing/studio-database";
import { createRepository } from "./repository";
import { ModuleService } from "./module-service";

/** What is given inside of the data of a row: new rows, references, and how many statements they take. */

const Post = model.define("post", {
  id: model.id({ prefix: "post" }).primaryKey(),
  title: model.text(),
  views: model.bigNumber().nullable(),
  author: model.belongsTo(() => Author, { mappedBy: "posts" }).nullable(),
  detail: model.hasOne(() => Detail, { mappedBy: "post" }).nullable(),
  comments: model.hasMany(() => Comment, { mappedBy: "post" }),
  tags: model.manyToMany(() => Tag, { mappedBy: "posts" }),
  genres: model.manyToMany(() => Genre, { mappedBy: "posts" }),
});
const Author = model.define("author", {
  id: model.id({ prefix: "aut" }).primaryKey(),
  name: model.text(),
  posts: model.hasMany(() => Post, { mappedBy: "author" }),
});
const Detail = model.define("detail", {
  id: model.id().primaryKey(),
  text: model.text(),
  post: model.belongsTo(() => Post, { mappedBy: "detail" }).nullable(),
});
const Comment = model.define("comment", {
  id: model.id().primaryKey(),
  text: model.text(),
  post: model.belongsTo(() => Post, { mappedBy: "comments" }),
});
const Tag = model.define("tag", {
  id: model.id({ prefix: "tag" }).primaryKey(),
  name: model.text(),
  posts: model.manyToMany(() => Post, { mappedBy: "tags" }),
});
const Genre = model.define("post_genre", {
  code: model.text().primaryKey(),
  name: model.text(),
  posts: model.manyToMany(() => Post, { mappedBy: "genres" }),
});
const models = { Post, Author, Detail, Comment, Tag, PostGenre: Genre };
const Blog = ModuleService(models);

let studio: StudioDatabase;
let service: InstanceType<typeof Blog>;
let statements = 0;
const lines: string[] = [];

const open = (strict: boolean) => {
  const unknownNames = { strict, warn: (line: string) => void lines.push(line) };
  return new Blog({
    baseRepository: createRepository(
      recordStatements(studio.connection, () => statements++),
      { unknownNames },
    ),
  });
};

beforeAll(async () => {
  studio = await createStudioDatabase();
  await studio.connection.query(createTablesSql(Object.values(models).map(specOf)).join(";\n"));
  service = open(false);
});
beforeEach(async () => {
  await studio.connection.query("truncate post, author, detail, comment, tag, post_genre cascade");
  lines.length = 0;
});
afterAll(() => studio.drop());

/** The statements that something takes. */
async function statementsOf(run: () => Promise<unknown>): Promise<number> {
  statements = 0;
  await run();
  return statements;
}

const keys = Array.from({ length: 50 }, (_, index) => `p${index}`);

test("the statements of a nested write do not depend on how many rows it is for", async () => {
  const whole = (id: string) => ({
    id,
    title: id,
    author: { name: "a" },
    detail: { text: "d" },
    comments: [{ text: "1" }, { text: "2" }],
    tags: [{ name: "t" }],
  });
  await service.createPosts(keys.map(whole));
  const changes: Record<string, (id: string, index: number) => object> = {
    "a hasOne that is there": (id) => ({ id, detail: { text: "new" } }),
    "a hasOne of its own key": (id, index) => ({ id, detail: { id: `own ${id}`, text: String(index) } }),
    "a hasOne let go": (id) => ({ id, detail: null }),
    "a hasOne adopted": (id) => ({ id, detail: `own ${id}` }),
    "a new owner": (id) => ({ id, author: { name: `new ${id}` } }),
    "an owner by key": (id) => ({ id, author: "aut_1" }),
    "new children": (id) => ({ id, comments: [{ text: "3" }] }),
    "new pairs": (id) => ({ id, tags: [{ name: "u" }] }),
    "two sets of columns": (id, index) => (index % 2 ? { id, title: "x" } : { id, title: "x", author_id: null }),
  };
  await service.createAuthors({ id: "aut_1", name: "One" });
  const counts: Record<string, [number, number]> = {};
  for (const [name, change] of Object.entries(changes)) {
    if (name === "a hasOne of its own key") await service.deleteDetails({ text: "new" });
    const few = await statementsOf(() => service.updatePosts(keys.slice(0, 2).map(change) as never));
    // Each kind of change starts from rows that it has not met.
    const many = await statementsOf(() => service.updatePosts(keys.slice(2).map(change) as never));
    counts[name] = [few, many];
  }
  expect(counts).toEqual(Object.fromEntries(Object.entries(counts).map(([name, [few]]) => [name, [few, few]])));
  expect(Math.max(...Object.values(counts).map(([, many]) => many))).toBeLessThanOrEqual(5);
  const rows = await service.listPosts({}, { relations: ["detail", "comments", "tags"], order: { id: "ASC" } });
  expect(rows.every((row) => row.detail?.id === `own ${row.id}` && row.comments.length === 3 && row.tags.length === 1)).toBe(true);
  expect(rows.map((row) => row.detail?.text).sort()).toEqual([...keys.keys()].map((index) => String(index < 2 ? index : index - 2)).sort());
});

test("each row gets the owner and the child that were given with it", async () => {
  await service.createPosts([
    { id: "p1", title: "1", detail: { id: "d1", text: "1" } },
    { id: "p2", title: "2", detail: { id: "d2", text: "2" } },
    { id: "p3", title: "3" },
    { id: "p4", title: "4", detail: { id: "d4", text: "4" } },
  ]);
  const updated = await service.updatePosts([
    { id: "p1", detail: { text: "one" }, author: { name: "A" } },
    { id: "p2", detail: null },
    // Free in the same update.
    { id: "p3", detail: "d2" },
    { id: "p4", detail: { text: "four" }, author: { name: "D" } },
  ] as never);
  expect(updated).toMatchObject([
    { id: "p1", detail: { id: "d1", text: "one" } },
    { id: "p2", detail: null },
    { id: "p3", detail: { id: "d2" } },
    { id: "p4", detail: { id: "d4", text: "four" } },
  ]);
  const read = await service.listPosts({}, { relations: ["author", "detail"], order: { id: "ASC" } });
  expect(read.map((row) => [row.author?.name, row.detail?.text])).toEqual([
    ["A", "one"],
    [undefined, undefined],
    [undefined, "2"],
    ["D", "four"],
  ]);
});

test("a foreign key and its relation in one: the key counts, in create and update alike", async () => {
  await service.createAuthors([
    { id: "a1", name: "1" },
    { id: "a2", name: "2" },
  ]);
  const both = { author: "a1", author_id: "a2" };
  expect(await service.createPosts({ id: "p1", title: "x", ...both })).toMatchObject({ author_id: "a2" });
  expect(await service.updatePosts({ id: "p1", author: "a2", author_id: "a1" })).toMatchObject({ author_id: "a1" });
  expect(await service.createPosts({ title: "x", author: { name: "New" }, author_id: null })).toMatchObject({ author_id: null });
  const because = 'of Post: "author_id" is given as well, and counts';
  expect(lines).toEqual([`The create ignores "author" ${because}.`, `The update ignores "author" ${because}.`]);
  lines.length = 0;
  // They agree in rows that were read.
  const row = await service.retrievePost("p1", { relations: ["author"], select: ["id", "title", "author_id", "author.id"] });
  await service.updatePosts({ ...row, title: "y" });
  expect(lines).toEqual([]);
  await expect(open(true).createPosts({ title: "x", ...both })).rejects.toMatchObject({
    type: "invalid_data",
    reason: "data.ignored_values",
    message: `The create would not write "author" ${because}.`,
  });
});

test("an object with a generated key refers to a row; what it has beside is told, and not written", async () => {
  await service.createAuthors({ id: "a1", name: "Ann" });
  await service.createTags({ id: "t1", name: "red" });
  const given = { author: { id: "a1", name: "Changed" }, tags: [{ id: "t1", name: "blue" }] };
  const post = await service.createPosts({ title: "x", ...given });
  await service.updatePosts({ id: post.id, ...given });
  expect(await service.listAuthors({}, { select: ["name"] })).toMatchObject([{ name: "Ann" }]);
  expect(await service.retrievePost(post.id, { relations: ["tags"] })).toMatchObject({
    author_id: "a1",
    tags: [{ id: "t1", name: "red" }],
  });
  const because = "it is given by its key, and so only referred to";
  expect(lines).toEqual(
    ["create", "update"].flatMap((operation) => [
      `The ${operation} ignores "name" of Author: ${because}.`,
      `The ${operation} ignores "name" of Tag: ${because}.`,
    ]),
  );
  const strict = open(true);
  await expect(strict.updatePosts({ id: post.id, title: "y", ...given })).rejects.toMatchObject({ reason: "data.ignored_values" });
  expect((await service.retrievePost(post.id)).title).toBe("x");
  // A row that is not there is an error, and a key that is no generated one makes a new row.
  await expect(strict.createPosts({ title: "x", tags: ["t9"] })).rejects.toThrow("tag_id: t9, but such entity does not exist");
  await strict.createPosts({ id: "p9", title: "x", genres: [{ code: "jazz", name: "Jazz" }], comments: [{ text: "new" }] });
  expect(await service.retrievePostGenre("jazz")).toMatchObject({ name: "Jazz" });
});

test("an exact number may be given by its digits; a row that was read keeps them", async () => {
  const digits = "12345678901234567890.123456789";
  const strict = open(true);
  const given = { title: "x", raw_views: { value: digits, precision: 20 } };
  const post = await strict.createPosts(given);
  const exact = { raw_views: { value: digits } };
  expect(post).toMatchObject(exact);
  expect(
    await strict.updatePosts({ ...(await service.retrievePost(post.id)), title: "y", author: undefined, detail: undefined }),
  ).toMatchObject(exact);
  expect(await strict.updatePosts({ id: post.id, raw_views: { value: "1.50" } } as never)).toMatchObject({
    views: 1.5,
    raw_views: { value: expect.stringMatching(/^1\.50*$/) },
  });
  // A number that says something else counts.
  expect(await strict.updatePosts({ ...post, views: 7 } as never)).toMatchObject({ views: 7 });
  expect(await strict.updatePosts({ id: post.id, raw_views: null } as never)).toMatchObject({ views: null, raw_views: null });
  await expect(strict.updatePosts({ id: post.id, raw_views: "many" } as never)).rejects.toThrow("Post.views must be a number");
});

test("the key in the data of a selector update, and linkable keys that there are not, are told", async () => {
  await service.createPosts([{ id: "p1", title: "x" }]);
  expect(await service.updatePosts({ selector: { title: "x" }, data: { id: "p2", title: "y" } })).toMatchObject([{ id: "p1", title: "y" }]);
  await service.softDeletePosts("p1", { returnLinkableKeys: ["post_id", "pots_id"] });
  expect(lines).toEqual([
    'The update ignores "id" of Post: its rows are found by a selector, and keep their key.',
    'The returnLinkableKeys ignores "pots_id", which Post does not have. Did you mean "post_id"?',
  ]);
  const strict = open(true);
  await expect(strict.updatePosts({ selector: { title: "x" }, data: { id: "p2" } })).rejects.toMatchObject({
    reason: "data.ignored_values",
  });
  await expect(strict.restorePosts("p1", { returnLinkableKeys: ["pots_id"] })).rejects.toMatchObject({ reason: "data.unknown_names" });
  expect(await strict.restorePosts("p1", { returnLinkableKeys: ["post_id"] })).toEqual({ post_id: ["p1"] });
});

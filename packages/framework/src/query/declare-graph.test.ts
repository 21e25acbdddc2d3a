import { model, specOf } from "@velella/data";
import { createAppRegistries, loadInto } from "@velella/kernel";
import type { SqlConnection } from "@velella/kernel";
import { expect, test } from "vitest";
import { defineLink } from "../links/define-link";
import { linkRegistryKind } from "../links/link-registry";
import { resolveLinks } from "../links/resolve-links";
import { buildLinkable } from "../modules/linkable";
import { buildGraph } from "./build-graph";
import { declareGraph } from "./declare-graph";
import type { GraphModule } from "./graph";

const Book = model.define("Book", {
  id: model.id().primaryKey(),
  title: model.text(),
  chapters: model.hasMany(() => Chapter),
  author: model.belongsTo(() => Author).nullable(),
});
const Chapter = model.define("Chapter", { id: model.id().primaryKey(), book: model.belongsTo(() => Book, { mappedBy: "chapters" }) });
const Author = model.define("Author", { id: model.id().primaryKey(), books: model.hasMany(() => Book, { mappedBy: "author" }) });
const Shelf = model.define("shelf_board", { id: model.id().primaryKey(), reader_id: model.text() });
const Reader = model.define("reader", { id: model.id().primaryKey() });

const connection = {} as SqlConnection;
const shop = { Book, Chapter, Author };
const module = (key: string, models: object, more: Partial<GraphModule> = {}): GraphModule => ({
  key,
  models: Object.values(models).map((entity) => specOf(entity as typeof Book)),
  service: () => ({}),
  connection,
  ...more,
});
const prices = { entity: "Book", field: "price", requires: ["id"], load: () => [] };
const shopModule = module("shop", shop, {
  joins: [
    prices,
    { entity: "Chapter", field: "price", path: "book.price" },
    { entity: "Author", field: "chapters", path: "books.chapters", many: true },
  ],
});
const modules = [shopModule, module("library", { Shelf }), module("people", { Reader }), module("cms", {})];

function linksBetween(): ReturnType<typeof resolveLinks> {
  const registries = createAppRegistries();
  loadInto(registries, "links.ts", () => {
    const { book } = buildLinkable("shop", shop);
    const { shelfBoard } = buildLinkable("library", { Shelf });
    defineLink({ linkable: book, isList: true }, shelfBoard, {
      database: { extraColumns: { place: { type: "integer" }, note: { type: "text", nullable: true } } },
    });
    defineLink({ linkable: shelfBoard, field: "reader_id" }, buildLinkable("people", { Reader }).reader, { readOnly: true });
    const content = { serviceName: "cms", alias: "content", primaryKey: "book_id" };
    defineLink({ linkable: book, field: "id" }, { linkable: content }, { readOnly: true });
  });
  return resolveLinks(registries.get(linkRegistryKind).all(), modules);
}

test("the graph is written down beside what is declared already", () => {
  const text = declareGraph({
    heading: "A heading.",
    base: buildGraph({ modules: [shopModule], links: [], connection }),
    graph: buildGraph({ modules, links: linksBetween(), connection }),
    modules: [
      { key: "library", request: "../../src/modules/library", models: new Map([["ShelfBoard", "Shelf"]]) },
      { key: "people", request: undefined, models: new Map([["Reader", "Reader"]]) },
      { key: "cms", request: "a-cms", models: new Map() },
    ],
    into: "@velella/framework",
    isComplete: true,
  });
  expect(text).toMatchInlineSnapshot(`
    "// A heading.
    import type { LinkEntity, ModelEntity, ModelOf, ServiceOf, ToMany, ToOneIfAny, ToOneOrMany, UntypedEntity, VirtualEntity } from "@velella/framework";
    import type LibraryModule from "../../src/modules/library";
    import type CmsModule from "a-cms";

    declare module "@velella/framework" {
      interface ContainerTypes {
        library: ServiceOf<typeof LibraryModule>;
        cms: ServiceOf<typeof CmsModule>;
      }

      interface GraphFacts {
        complete: true;
      }

      interface GraphNames {
        shelf_board: "library.ShelfBoard";
        shelf_boards: "library.ShelfBoard";
        shelfBoard: "library.ShelfBoard";
        shelfBoards: "library.ShelfBoard";
        ShelfBoard: "library.ShelfBoard";
        reader: "people.Reader";
        readers: "people.Reader";
        Reader: "people.Reader";
        book_shelf_board: "link_modules.LinkShopBookLibraryShelfBoard";
        book_shelf_boards: "link_modules.LinkShopBookLibraryShelfBoard";
        content: "cms.content";
      }

      interface GraphEntities {
        "library.ShelfBoard": ModelEntity<ModelOf<typeof LibraryModule, "Shelf">>;
        "people.Reader": UntypedEntity;
        "link_modules.LinkShopBookLibraryShelfBoard": LinkEntity<"book_id" | "shelf_board_id", { place: number; note: string | null }>;
        "cms.content": VirtualEntity<ServiceOf<typeof CmsModule>, "listContents" | "list", "book_id">;
      }

      interface GraphEdges {
        "shop.Book/shelf_board_link": ToOneIfAny<"link_modules.LinkShopBookLibraryShelfBoard">;
        "shop.Book/shelf_board": ToOneIfAny<"library.ShelfBoard">;
        "shop.Book/content": ToOneOrMany<"cms.content">;
        "library.ShelfBoard/book_link": ToMany<"link_modules.LinkShopBookLibraryShelfBoard">;
        "library.ShelfBoard/books": ToMany<"shop.Book">;
        "library.ShelfBoard/reader": ToOneIfAny<"people.Reader">;
        "link_modules.LinkShopBookLibraryShelfBoard/shelf_board": ToOneIfAny<"library.ShelfBoard">;
        "link_modules.LinkShopBookLibraryShelfBoard/book": ToOneIfAny<"shop.Book">;
      }
    }
    "
  `);
});

test("what a layer gives every app is all there is, and leaves room for more", () => {
  const text = declareGraph({
    heading: "A heading.",
    graph: buildGraph({ modules: [shopModule], links: [], connection }),
    modules: [{ key: "shop", request: "./shop", models: new Map([["Book", "Book"]]) }],
    into: "@velella/framework",
    isComplete: false,
  });
  expect(text).not.toContain("GraphFacts");
  expect(text).not.toContain("ContainerTypes");
  expect(text).toContain(`"shop.Book": ModelEntity<ModelOf<typeof ShopModule, "Book">>;`);
  // A model that the service does not have under any name.
  expect(text).toContain(`"shop.Chapter": UntypedEntity;`);
  expect(text).toContain(`"shop.Book/author": ToOneOrNull<"shop.Author">;`);
  expect(text).toContain(`"shop.Chapter/book": ToOne<"shop.Book">;`);
  expect(text).toContain(`"shop.Chapter/price": GraphEdges["shop.Book/price"];`);
  expect(text).toContain(`"shop.Author/chapters": ToMany<"shop.Chapter">;`);
  // Computed fields are declared where they are defined.
  expect(text).not.toContain(`"shop.Book/price":`);
});

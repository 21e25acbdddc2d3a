import { expect, test } from "vitest";
import { pluralize } from "./pluralize";

const words: Record<string, string> = {
  Status: "Statuses",
  Category: "Categories",
  Box: "Boxes",
  Person: "People",
  Media: "Media",
  DigitalProductMedia: "DigitalProductMedias",
  Data: "Data",
  Info: "Info",
  Series: "Series",
  News: "News",
  Analysis: "Analyses",
  Leaf: "Leaves",
  Quiz: "Quizzes",
  Hero: "Heroes",
  Address: "Addresses",
  Day: "Days",
  Delivery: "Deliveries",
  Tax: "Taxes",
  Bus: "Buses",
  Artist: "Artists",
  StoreCurrency: "StoreCurrencies",
  TaxRegion: "TaxRegions",
  ApiKey: "ApiKeys",
  TranslationSettings: "TranslationSettings",
  blog_post: "blog_posts",
  SalesPerson: "SalesPeople",
  PriceList: "PriceLists",
  OrderSummary: "OrderSummaries",
  Index: "Indices",
  Branch: "Branches",
  Wish: "Wishes",
  Photo: "Photos",
  Shelf: "Shelves",
};

test.each(Object.entries(words))("the plural of %s is %s", (singular, plural) => {
  expect(pluralize(singular)).toBe(plural);
});

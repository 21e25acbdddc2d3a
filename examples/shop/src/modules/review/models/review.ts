import { model } from "@medusajs/framework/utils";

export const Review = model
  .define("review", {
    id: model.id({ prefix: "rev" }).primaryKey(),
    author: model.text(),
    text: model.text().searchable(),
    rating: model.number(),
    status: model.enum(["pending", "approved"]).default("pending"),
  })
  .checks([{ name: "review_rating_range", expression: (columns) => `${columns.rating} between 1 and 5` }]);

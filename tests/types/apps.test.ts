import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkAppCopy, checkFrameworkApp, checkShop } from "../../scripts/check/apps.mjs";
import { hasKit } from "../conformance/harness/kit.mjs";

const root = join(__dirname, "..", "..");

test("the example shop type-checks with what its types promise", async () => {
  expect(await checkShop(root)).toEqual({ ok: true, output: "" });
});

// The app of the recorded scenarios lies beside the repository, and a clone alone does not have it.
describe.runIf(hasKit)("the app of the recorded scenarios", () => {
  test("type-checks unchanged, with inferred types", async () => {
    expect(await checkFrameworkApp(root)).toEqual({ ok: true, output: "" });
  });
});

test("a wrong use of a generated method, of a step's output and of a module is found", async () => {
  const wrong = `
    import type { MedusaContainer } from "@medusajs/framework/types";
    import type ReviewModuleService from "./modules/review/service";
    import { createReviewWorkflow } from "./workflows/create-review";
    export async function wrong(service: ReviewModuleService, container: MedusaContainer) {
      await service.listReviews({ stars: 5 });
      const { result } = await createReviewWorkflow(container).run({ input: { product_id: "p", author: "a", text: "t", rating: 5 } });
      result.stars;
      await container.resolve("product").listProduct();
    }`;
  const { ok, output } = await checkAppCopy(root, join(root, "examples", "shop"), { name: "wrong-shop", files: { "src/wrong.ts": wrong } });
  expect(ok).toBe(false);
  for (const name of ["stars", "listProduct"]) expect(output).toContain(`'${name}'`);
});

test("declaration files of the commerce modules hold no any", () => {
  const modules = join(root, "packages", "commerce", "dist", "modules");
  const files = readdirSync(modules, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".d.ts"));
  const withAny = files.filter((file) => /\bany\b/.test(readFileSync(join(modules, file), "utf8").replace(/\/\*[^]*?\*\/|\/\/.*/g, "")));
  expect(files.length).toBeGreaterThan(50);
  expect(withAny).toEqual([]);
});

import type { ESLint, Linter } from "eslint";
import { test } from "vitest";
import { configs, meta, rules } from "./index";

test("the plugin and its config are what ESLint takes", () => {
  const plugin: ESLint.Plugin = { meta, rules };
  const config: Linter.Config[] = [configs.recommended, { plugins: { own: plugin } }];
  void config;
});

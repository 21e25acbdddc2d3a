import { expect, test } from "vitest";
import { createAppRegistries, loadingScope, loadInto, processRegistries } from "./registries";
import type { Registry, RegistryKind } from "./registries";

class Names implements Registry {
  readonly own = new Map<string, string>();

  constructor(private readonly parent?: Names) {}

  get(name: string): string | undefined {
    return this.own.get(name) ?? this.parent?.get(name);
  }

  forget(file: string): void {
    for (const [name, from] of this.own) if (from === file) this.own.delete(name);
  }
}

const names: RegistryKind<Names> = { name: "names", create: (parent) => new Names(parent) };
const define = (name: string) => void loadingScope().registries.get(names).own.set(name, loadingScope().file);

test("what a file of an app defines belongs to that app, and a reload replaces it", () => {
  const one = createAppRegistries();
  const two = createAppRegistries();
  loadInto(one, "a.ts", () => define("a"));
  expect(one.get(names).get("a")).toBe("a.ts");
  expect(two.get(names).get("a")).toBeUndefined();
  one.forget("a.ts");
  expect(one.get(names).get("a")).toBeUndefined();
});

test("what is defined outside of any app is there for every app", () => {
  const earlier = createAppRegistries();
  define("library");
  expect(earlier.get(names).get("library")).toBe("");
  expect(createAppRegistries().get(names).get("library")).toBe("");
  processRegistries().forget("");
});

test("the scope ends with the load, also when it fails", () => {
  const app = createAppRegistries();
  expect(() =>
    loadInto(app, "bad.ts", () => {
      throw new TypeError("bad");
    }),
  ).toThrow("bad");
  expect(loadingScope().registries).toBe(processRegistries());
});

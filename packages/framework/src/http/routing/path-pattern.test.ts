import { expect, test } from "vitest";
import { compilePattern, matchPath } from "./path-pattern";
import { relationOf } from "./pattern-relation";

const match = (pattern: string | RegExp, path: string, end = true) => {
  const found = matchPath(compilePattern(pattern, end), path);
  return found && [found.matched, found.params];
};

test.each<[string | RegExp, string, boolean, unknown]>([
  ["/a", "/a", true, ["/a", {}]],
  ["/a", "/A/", true, ["/A/", {}]],
  ["/a", "/a/b", true, undefined],
  ["/a", "/a/b", false, ["/a", {}]],
  ["/a", "/ab", false, undefined],
  ["/a/:id", "/a/x%20y", true, ["/a/x%20y", { id: "x y" }]],
  ["/a/:id?", "/a", true, ["/a", {}]],
  ["/a/:id(\\d+)", "/a/12", true, ["/a/12", { id: "12" }]],
  ["/a/:id(\\d+)", "/a/b", true, undefined],
  ["/probe*", "/probes/x", false, ["/probes/x", { 0: "s/x" }]],
  ["/store/*", "/store", false, undefined],
  ["/store/*", "/store/x/y", false, ["/store/x/y", { 0: "x/y" }]],
  ["*", "/anything/at/all", false, ["/anything/at/all", { 0: "/anything/at/all" }]],
  ["/a/*/c", "/a/b/b/c", true, ["/a/b/b/c", { 0: "b/b" }]],
  ["/a(b)?c", "/ac", true, ["/ac", {}]],
  ["/file.:ext", "/file.txt", true, ["/file.txt", { ext: "txt" }]],
  ["/file.txt", "/fileXtxt", true, undefined],
  ["/:a-:b", "/x-y", true, ["/x-y", { a: "x", b: "y" }]],
  [/^\/r\/(\d+)\/(?<name>\w+)/, "/r/1/two", true, ["/r/1/two", { 0: "1", 1: "two", name: "two" }]],
  ["/", "/anything", false, ["", {}]],
])("%s against %s (whole path: %s)", (pattern, path, end, expected) => {
  expect(match(pattern, path, end)).toEqual(expected);
});

test("an expression that remembers its last match is asked afresh each time", () => {
  const pattern = compilePattern(/\/a/g, false);
  expect([matchPath(pattern, "/a"), matchPath(pattern, "/a")].map(Boolean)).toEqual([true, true]);
});

test("a pattern that is none is refused with its name", () => {
  expect(() => compilePattern("/a(", true)).toThrow('The matcher "/a(" is not a path pattern');
});

test.each<[string | RegExp, string, boolean, string]>([
  ["/a/b", "/a/b", true, "always"],
  ["/a", "/a/b/:id", false, "always"],
  ["/a", "/a/b/:id", true, "never"],
  ["/a/*", "/a/:id", false, "always"],
  ["/a/*", "/a", false, "never"],
  ["/a/:id", "/a/:other", true, "always"],
  ["/a/:id", "/a/b/:c", true, "never"],
  ["/a/batch", "/a/:id", true, "sometimes"],
  ["/a/ba*", "/a/:id", false, "sometimes"],
  ["/a/ba*", "/a/bat/:id", false, "always"],
  ["*", "/:any", false, "always"],
  ["/a/:id(\\d+)", "/a/:id", true, "sometimes"],
  [/a/, "/a/:id", false, "sometimes"],
  [/^\/a/, "/a", false, "always"],
  [/^\/b/, "/a", false, "never"],
])("%s matches the route %s (whole path: %s): %s", (pattern, route, end, expected) => {
  expect(relationOf(compilePattern(pattern, end), route, end)).toBe(expected);
});

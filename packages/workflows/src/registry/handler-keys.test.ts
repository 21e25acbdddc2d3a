import { expect, test } from "vitest";
import { handlerKeys } from "./handler-keys";
import type { HookHandlerEntry } from "./workflow-registry";

const from = (
  file: string,
  handle: () => void = (
    () => () =>
      undefined
  )(),
): HookHandlerEntry => ({ file, definedAt: "", handle, compensate: undefined });

test("handlers of hooks are told apart by file and name, not by their order or the folder of the release", () => {
  const named = function notifyErp() {};
  const keys = (...handlers: HookHandlerEntry[]) => handlerKeys("made", handlers);
  expect(keys(from("/srv/1/src/hooks/made.ts"), from("/srv/1/src/made.ts"), from("/srv/1/src/hooks/made.ts", named))).toStrictEqual([
    "made@hooks/made",
    "made@made",
    "made@hooks/made.notifyErp",
  ]);
  expect(keys(from("/srv/2/.velella/server/src/hooks/made.js", named))).toStrictEqual(["made@hooks/made.notifyErp"]);
  expect(keys(from("C:\\shop\\src\\hooks\\made.ts"), from("made.test.ts"))).toStrictEqual(["made@hooks/made", "made@made.test"]);
});

test("those of one source are counted, so that another one changes the keys of all", () => {
  expect(handlerKeys("made", [from("src/a.ts"), from("src/b.ts"), from("src/a.ts")])).toStrictEqual([
    "made@a#1of2",
    "made@b",
    "made@a#2of2",
  ]);
  expect(handlerKeys("made", [from("")])).toStrictEqual(["made"]);
  expect(handlerKeys("made", [from(""), from("")])).toStrictEqual(["made@#1of2", "made@#2of2"]);
});

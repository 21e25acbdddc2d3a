import { createConnection } from "@velella/data";
import { createAppRegistries, createContainer } from "@velella/kernel";
import { createWorkflowEngine } from "@velella/workflows";
import { expect, test } from "vitest";
import { loadSubscribers } from "./load-subscribers";

/** An engine that is never started, so that no database is asked for. */
function engineOfNoUse() {
  const connection = createConnection({ url: "postgres://nobody@127.0.0.1:1/none" });
  return createWorkflowEngine({ connection, registries: createAppRegistries() });
}

const run = async () => undefined;

function subscriptionsOf(files: Record<string, unknown>) {
  const engine = engineOfNoUse();
  loadSubscribers(Object.keys(files), (file) => files[file], engine, createContainer());
  return engine.subscribers.subscriptions();
}

test("subscriber files are named by their config or their file, for one event, several or all", () => {
  expect(
    subscriptionsOf({
      "src/subscribers/order.placed.ts": { default: run, config: { event: "order.placed" } },
      "src/subscribers/many.js": { default: run, config: { event: ["a", "b"], context: { subscriberId: "the-many" } } },
      "src/subscribers/all.mts": { default: run, config: { event: "*" } },
      // Of one name in two folders, and for different events.
      "src/subscribers/x/created.ts": { default: run, config: { event: "x.created" } },
      "src/subscribers/y/created.ts": { default: run, config: { event: "y.created" } },
    }),
  ).toStrictEqual([
    ["order.placed", "order.placed"],
    ["the-many", "a"],
    ["the-many", "b"],
    ["all", "*"],
    ["created", "x.created"],
    ["created", "y.created"],
  ]);
});

test.each<[exports: object, message: string]>([
  [{ config: { event: "e" } }, "The subscriber src/subscribers/s.ts has no default export that is a function."],
  [{ default: run }, 'The subscriber src/subscribers/s.ts names no event: "event" in its config is undefined.'],
  [{ default: run, config: { event: [] } }, 'names no event: "event" in its config is [].'],
  [{ default: run, config: { event: ["a", 5] } }, "names no event: \"event\" in its config is [ 'a', 5 ]."],
  [
    { default: run, config: { event: "e", context: { subscriberId: 7 } } },
    '"context.subscriberId" in the config of the subscriber src/subscribers/s.ts is 7;',
  ],
  [
    { default: run, config: { event: "e", context: { subscriberId: "a\0b" } } },
    'Subscriber "a\\u0000b" (src/subscribers/s.ts) has id: "a\\u0000b"; expected a text of 1 to 255 characters, without NUL',
  ],
  [{ default: run, config: { event: "a\0b" } }, 'Subscriber "s" (src/subscribers/s.ts) has events: ["a\\u0000b"]; expected a list'],
])("a subscriber that cannot be used is refused, and its file named: %j", (exports, message) => {
  expect(() => subscriptionsOf({ "src/subscribers/s.ts": exports })).toThrow(message);
});

test("two subscriber files of one id and for one event are refused, and both named", () => {
  const exports = { default: run, config: { event: "e", context: { subscriberId: "same" } } };
  expect(() => subscriptionsOf({ "a.ts": exports, "b.ts": exports })).toThrow('Two subscribers have the id "same": a.ts and b.ts.');
});

import { afterAll, beforeAll, expect, test } from "vitest";
import { ownSchema } from "../testing/own-schema";
import { eventually, testEngines } from "../testing/test-engine";

const tests = testEngines();
beforeAll(() => tests.open());
afterAll(() => tests.close());

const right = "a text of 1 to 255 characters, without NUL and halves of characters";
const refusals: [subscriber: object, message: string][] = [
  [{ id: 5 }, `Subscriber 5 has id: 5; expected ${right}.`],
  [{ id: undefined }, `Subscriber undefined has id: undefined; expected ${right}.`],
  [{ id: "" }, 'has id: "";'],
  [{ id: "a\0b" }, 'has id: "a\\u0000b";'],
  [{ id: "😀".slice(0, 1) }, `expected ${right}.`],
  [{ id: "i".repeat(4_000) }, `…; expected ${right}.`],
  [{ id: 5, source: "src/subscribers/s.ts" }, "Subscriber 5 (src/subscribers/s.ts) has id: 5;"],
  [{ events: ["fine", "a\0b"] }, `Subscriber "s" has events: ["fine","a\\u0000b"]; expected a list of texts of 1 to 255 characters`],
  [{ events: [5] }, 'Subscriber "s" has events: [5];'],
  [{ events: [undefined] }, 'Subscriber "s" has events: [null];'],
  [{ events: [""] }, 'Subscriber "s" has events: [""];'],
  [{ events: ["e".repeat(4_000)], source: "s.ts" }, 'Subscriber "s" (s.ts) has events: ["eeee'],
];

test("a subscriber whose names the database does not take is refused, and those that are there get their events", async () => {
  const { engine } = await ownSchema(tests);
  const seen: unknown[] = [];
  const handler = ({ data }: { data: unknown }) => void seen.push(data);
  // The longest that there may be, in the longest characters, with the longest key.
  const longest = "€".repeat(255);
  engine.subscribers.add({ id: longest, events: [longest], handler });
  await engine.start();
  for (const [given, message] of refusals)
    expect(() => engine.subscribers.add({ id: "s", events: ["fine"], handler, ...given } as never)).toThrow(message);
  await engine.events.emit({ name: longest, data: 1, options: { partitionKey: "€".repeat(500) } });
  await eventually(
    () => seen.length,
    (n) => n === 1,
  );
  expect(seen).toStrictEqual([1]);
  expect(await engine.events.list({ dead: true })).toStrictEqual([]);
});

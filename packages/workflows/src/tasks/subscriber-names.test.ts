import { afterAll, beforeAll, expect, test } from "vitest";
import { ownSchema } from "../testing/own-schema";
import { eventually, testEngines } from "../testing/test-engine";

const tests = testEngines();
beforeAll(() => tests.open());
afterAll(() => tests.close());

const refusals: [subscriber: object, message: string][] = [
  [{ id: 5 }, "The id of a subscriber must be a text of 1 to 255 characters, without NUL and halves of characters, and 5 came."],
  [{ id: undefined }, "and undefined came."],
  [{ id: "" }, 'and "" came.'],
  [{ id: "a\0b" }, 'and "a\\u0000b" came.'],
  [{ id: "😀".slice(0, 1) }, "without NUL and halves of characters, and"],
  [{ id: "i".repeat(4_000) }, 'a text of 1 to 255 characters, without NUL and halves of characters, and "iiii'],
  [{ id: 5, source: "src/subscribers/s.ts" }, "The id of a subscriber (src/subscribers/s.ts) must be"],
  [
    { events: ["fine", "a\0b"] },
    'The event of the subscriber "s" must be a text of 1 to 255 characters, without NUL and halves of characters, and "a\\u0000b" came.',
  ],
  [{ events: [5] }, 'The event of the subscriber "s" must be a text'],
  [{ events: [undefined] }, 'The event of the subscriber "s" must be a text'],
  [{ events: [""] }, 'The event of the subscriber "s" must be a text'],
  [{ events: ["e".repeat(4_000)], source: "s.ts" }, 'The event of the subscriber "s" (s.ts) must be a text of 1 to 255'],
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

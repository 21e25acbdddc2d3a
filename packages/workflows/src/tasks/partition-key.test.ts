import { afterEach, beforeAll, describe, expect, test } from "vitest";
import type { DeliveredEvent, WorkflowEngine } from "../index";
import { ownSchema } from "../testing/own-schema";
import { eventually } from "../testing/test-engine";
import { pause } from "../testing/pause";
import { transportedEngines } from "../testing/test-transports";

const { tests, transports } = transportedEngines();
beforeAll(async () => {
  await tests.connection.query("create table entity (id text primary key, n integer not null)");
});
afterEach(() => tests.stop());

interface Change {
  key: string;
  n: number;
}

describe.each(transports.all)("by %s", (_name, optionsOf) => {
  /** Three instances, whose subscribers take their time, and fail now and then. */
  async function instances(prefix: string) {
    const { engine, another } = await ownSchema(tests, () => optionsOf(prefix));
    const engines = [engine, another(), another()];
    const seen: Record<string, Change[]> = {};
    const atWork = new Map<string, number>();
    let most = 0;
    let overlapped = false;
    const subscribe = (one: WorkflowEngine, id: string) =>
      one.subscribers.add({
        id,
        events: ["changed"],
        handler: async ({ data }) => {
          const change = data as Change;
          const lane = `${id} ${change.key}`;
          overlapped ||= (atWork.get(lane) ?? 0) > 0;
          atWork.set(lane, (atWork.get(lane) ?? 0) + 1);
          most = Math.max(most, [...atWork.values()].filter((n) => n > 0).length);
          await pause(Math.random() * 15);
          atWork.set(lane, (atWork.get(lane) ?? 0) - 1);
          if (Math.random() < 0.1) throw new Error("not this time");
          (seen[lane] ??= []).push(change);
        },
      });
    for (const one of engines) {
      subscribe(one, "first");
      subscribe(one, "second");
    }
    for (const one of engines) await one.start();
    return { engines, seen, most: () => most, overlapped: () => overlapped };
  }
  const options = (partitionKey: string) => ({ partitionKey, backoff: { type: "fixed", delay: 5 }, attempts: 100 });

  test("events of one key reach each subscriber in their order, one at a time; others do not wait for them", async () => {
    const { engines, seen, most, overlapped } = await instances("ordered");
    const keys = ["a", "b", "c", "d"];
    const each = 15;
    for (let n = 0; n < each; n++) {
      // Sometimes in one call, sometimes in calls to different instances.
      const changes = keys.map((key) => ({ name: "changed", data: { key, n }, options: options(key) }));
      if (n % 3) await engines[n % 3]?.events.emit(changes);
      else for (const change of changes) await engines[n % 2]?.events.emit(change);
    }
    await eventually(
      () => Object.values(seen).flat().length,
      (n) => n === each * keys.length * 2,
      20,
    );
    for (const subscriber of ["first", "second"])
      for (const key of keys)
        expect(seen[`${subscriber} ${key}`]?.map(({ n }) => n)).toStrictEqual(Array.from({ length: each }, (_, n) => n));
    expect(overlapped()).toBe(false);
    expect(most()).toBeGreaterThan(2);
  });

  test("the order is that in which writers of one record got hold of it, not that in which they began", async () => {
    const { engines, seen } = await instances("locked");
    const { connection } = tests;
    await connection.query("insert into entity values ('e', 0) on conflict (id) do update set n = 0");
    const writer = (engine: WorkflowEngine) =>
      connection.transaction(async (executor) => {
        await executor.query("select 1");
        await pause(Math.random() * 10);
        const { rows } = await executor.query<{ n: number }>("update entity set n = n + 1 where id = 'e' returning n");
        await pause(Math.random() * 5);
        await engine.events.emit({ name: "changed", data: { key: "e", n: rows[0]?.n }, options: options("e") }, { executor });
      });
    await Promise.all(Array.from({ length: 24 }, (_, i) => writer(engines[i % 3] as WorkflowEngine)));
    await eventually(
      () => seen["first e"]?.length === 24 && seen["second e"]?.length === 24,
      (all) => all,
      20,
    );
    expect(seen["first e"]?.map(({ n }) => n)).toStrictEqual(Array.from({ length: 24 }, (_, i) => i + 1));
    expect(seen["second e"]).toStrictEqual(seen["first e"]);
  });

  test("an event that is put aside as dead does not hold up those behind it", async () => {
    const { engine } = await ownSchema(tests, () => optionsOf("dead"));
    const seen: unknown[] = [];
    engine.subscribers.add({
      id: "s",
      events: ["*"],
      handler: ({ name, data }: DeliveredEvent) => {
        seen.push(data);
        if (name === "bad") throw new Error("never");
      },
    });
    await engine.start();
    const event = (name: string, data: number) => ({ name, data, options: { ...options("k"), attempts: 2 } });
    await engine.events.emit([event("bad", 1), event("good", 2)]);
    await eventually(
      () => seen.length,
      (n) => n === 3,
    );
    expect(seen).toStrictEqual([1, 1, 2]);
  });
});

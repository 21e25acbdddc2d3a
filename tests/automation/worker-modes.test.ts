import { expect, test } from "vitest";
import { eventually } from "../support/running-app";
import { askingApp } from "./asking-app";
import { jobFile, subscriberFile } from "./scratch-automation";

test("beside a worker, a server answers requests and leaves events, jobs and runs to go on with to the worker", async () => {
  const asking = await askingApp({
    "src/subscribers/told.ts": subscriberFile("told", { event: ["told", "asked"] }),
    "src/jobs/ticks.ts": jobFile({ name: "ticks", schedule: { interval: 200 } }),
  });
  /** Until then the server would go on with the run itself. */
  const rests = (id: string) =>
    eventually(async () => {
      const listed = await asking.velella("workflows", "show", id, "--json");
      return JSON.parse(listed.output.trim().split("\n").at(-1) ?? "").execution?.owner === null;
    }, "the server has given the run back");
  try {
    const server = await asking.start("server");
    await asking.ask(server, { id: "A-1" });
    await rests("A-1");
    await asking.ask(server, { id: "A-1", answer: true });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    // Alone it does nothing but answer; the step was part of that.
    expect(asking.lines()).toStrictEqual(["step ask"]);
    expect(asking.writers("step ask")).toStrictEqual([server.child.pid]);

    const worker = await asking.start("worker");
    await eventually(async () => asking.lines().filter((line) => line.startsWith("told")).length === 2, "the events are delivered");
    await eventually(async () => asking.lines().filter((line) => line.startsWith("job")).length > 3, "the job ticks");
    // What the server begins from now on is gone on with at once.
    await asking.ask(server, { id: "A-2" });
    await rests("A-2");
    await asking.ask(server, { id: "A-2", answer: true });
    await eventually(async () => asking.lines().filter((line) => line.startsWith("told")).length === 4, "the events are delivered");
    expect(asking.writers("told")).toStrictEqual([worker.child.pid]);
    expect(asking.writers("job")).toStrictEqual([worker.child.pid]);
    expect(asking.writers("step after")).toStrictEqual([worker.child.pid]);
    expect(asking.writers("step ask")).toStrictEqual([server.child.pid]);
  } finally {
    await asking.close();
  }
});

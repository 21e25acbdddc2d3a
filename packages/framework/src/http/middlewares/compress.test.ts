import { afterEach, expect, test } from "vitest";
import { startServer } from "../testing/start-server";
import type { StartedServer } from "../testing/start-server";

let started: StartedServer;
afterEach(() => started.server.close());

const serve = async (compression?: { enabled: boolean; threshold?: number }) => {
  started = await startServer(
    (server) => {
      server.addRoutes([
        { path: "/long", exports: { GET: (_req: unknown, res: { json(body: unknown): void }) => res.json({ text: "sail ".repeat(200) }) } },
      ]);
    },
    { config: { http: { compression } } },
  );
  const answer = await started.fetch("/long", { headers: { "accept-encoding": "gzip" } });
  return { encoding: answer.headers.get("content-encoding"), body: await answer.json() };
};

test("answers are compressed where the config asks for it", async () => {
  expect(await serve({ enabled: true, threshold: 100 })).toEqual({ encoding: "gzip", body: { text: "sail ".repeat(200) } });
});

test("not below the threshold, and not without being asked", async () => {
  expect((await serve({ enabled: true, threshold: 100_000 })).encoding).toBeNull();
  await started.server.close();
  expect((await serve()).encoding).toBeNull();
});

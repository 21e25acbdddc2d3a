import { createContainer, silentLogger } from "@velella/kernel";
import { Agent, createServer, get } from "node:http";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { HttpServer } from "./http-server";
import { startServer } from "./testing/start-server";
import type { AppRequest, AppResponse } from "./types";

const make = () => new HttpServer({ container: createContainer(), logger: silentLogger(), config: {} });

test("a taken port is said with its number, its holder and the next step", async () => {
  const first = make();
  const { port } = await first.listen({ port: 0, host: "127.0.0.1" });
  const failure = await make()
    .listen({ port, host: "127.0.0.1" })
    .catch((error: unknown) => error as { message: string; reason: string; hint: string });
  const holder = process.platform === "linux" ? ` by process ${process.pid} \\(.+\\)` : "";
  expect((failure as { message: string }).message).toMatch(
    new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is already taken${holder}, so the server cannot listen there\\.$`),
  );
  expect(failure).toMatchObject({ reason: "http.port_taken", hint: expect.stringContaining(`PORT=${port + 1}`) as string });
  await first.close();
  const again = make();
  expect((await again.listen({ port, host: "127.0.0.1" })).port).toBe(port);
  await again.close();
});

test("a host that is not ours is refused with its name", async () => {
  await expect(make().listen({ port: 0, host: "203.0.113.1" })).rejects.toThrow("The server cannot listen on port 0 of 203.0.113.1");
});

test("close finishes running requests, drops idle connections, and refuses new ones", async () => {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const { server, fetch, url } = await startServer((made) => {
    made.addRoutes([
      { path: "/fast", exports: { GET: (_req: AppRequest, res: AppResponse) => void res.json({}) } },
      {
        path: "/slow",
        exports: {
          GET: async (_req: AppRequest, res: AppResponse) => {
            await released;
            res.json({ finished: true });
          },
        },
      },
    ]);
  });
  const agent = new Agent({ keepAlive: true });
  await body(url + "/fast", agent);
  const slow = body(url + "/slow", agent);
  const idle = body(url + "/fast", agent);
  await idle;
  const closing = server.close();
  await expect(fetch("/fast")).rejects.toThrow();
  release();
  expect(await slow).toBe('{"finished":true}');
  const since = Date.now();
  await closing;
  // Well before the grace of those that go on.
  expect(Date.now() - since).toBeLessThan(5000);
  agent.destroy();
});

test("a request that never ends is cut off after the grace", async () => {
  const { server, fetch } = await startServer((made) => {
    made.addRoutes([{ path: "/never", exports: { GET: () => new Promise(() => undefined) } }]);
  });
  const never = fetch("/never");
  never.catch(() => undefined);
  await fetch("/health");
  await server.close(50);
  await expect(never).rejects.toThrow();
});

test("handle serves the messages of another server", async () => {
  const server = make().addRoutes([
    { path: "/a", exports: { GET: (req: AppRequest, res: AppResponse) => void res.json({ query: req.query, app: req.app === res.app }) } },
  ]);
  const other = createServer(server.handle);
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as AddressInfo;
  expect(await body(`http://127.0.0.1:${port}/a?b=1`)).toBe('{"query":{"b":"1"},"app":true}');
  other.closeAllConnections();
  other.close();
});

test("each request is logged at the level http", async () => {
  const { server, fetch, log } = await startServer(() => undefined);
  await fetch("/nothing?a=1", { headers: { "x-request-id": "r1" } });
  await server.close();
  expect(log()).toMatch(/GET \/nothing\?a=1 404 in \d+\.\d ms \(request r1\)/);
});

function body(address: string, agent?: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    get(address, agent ? { agent } : {}, (response: IncomingMessage) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => resolve(text));
    }).on("error", reject);
  });
}

import { createContainer, createLogger } from "@velella/kernel";
import type { Container } from "@velella/kernel";
import { Writable } from "node:stream";
import { HttpServer } from "../http-server";
import type { HttpServerOptions } from "../http-server";

/** A server on a free port, with what a test needs to talk to it. */
export interface StartedServer {
  server: HttpServer;
  container: Container;
  url: string;
  /** What was logged, one JSON line per entry. */
  log: () => string;
  fetch: (path: string, init?: RequestInit) => Promise<Response>;
  /** Sends JSON, and gives status and parsed body. */
  send: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<{ status: number; body: unknown }>;
}

/** Starts a server; `setUp` adds routes and middlewares before it listens. */
export async function startServer(
  setUp: (server: HttpServer, container: Container) => void,
  options: Partial<HttpServerOptions> = {},
): Promise<StartedServer> {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const container = createContainer();
  const logger = createLogger({ level: "debug", pretty: false, destination });
  const server = new HttpServer({ container, logger, config: { http: { jwtSecret: "secret" } }, ...options });
  setUp(server, container);
  const { port } = await server.listen({ port: 0, host: "127.0.0.1" });
  const url = `http://127.0.0.1:${port}`;
  const request = (path: string, init?: RequestInit) => fetch(url + path, init);
  return {
    server,
    container,
    url,
    log: () => lines.join(""),
    fetch: request,
    send: async (method, path, body, headers = {}) => {
      const response = await request(path, {
        method,
        headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: parsed(text) };
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

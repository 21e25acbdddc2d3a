import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { spawnVelella, velella } from "./command-line";
import type { CommandOptions } from "./command-line";

/** An answer over HTTP, its body parsed where it is JSON. */
export interface Answer {
  status: number;
  // Tests look into bodies of many shapes.
  // oxlint-disable-next-line typescript/no-explicit-any
  body: any;
  text: string;
}

export interface RequestOptions {
  body?: unknown;
  headers?: Record<string, string>;
}

/** A served app in a process of its own. */
export interface RunningApp {
  url: string;
  child: ChildProcess;
  output(): string;
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>;
  /** Stops as Ctrl-C does, and waits for the end. */
  stop(): Promise<void>;
  /** Ends the process without notice. */
  kill(): Promise<void>;
}

/** Runs `velella start` on a port that the system gives it, and waits until it answers. */
export async function startApp(options: CommandOptions): Promise<RunningApp> {
  const { child, output } = spawnVelella(["start"], { ...options, env: { ...options.env, PORT: "0" } });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await ended;
  };
  try {
    const url = await urlOnceUp(child, output);
    return {
      url,
      child,
      output,
      request: (method, path, request) => send(url, method, path, request),
      stop: () => end("SIGINT"),
      kill: () => end("SIGKILL"),
    };
  } catch (error) {
    await end("SIGKILL");
    throw error;
  }
}

async function urlOnceUp(child: ChildProcess, output: () => string): Promise<string> {
  for (const giveUpAt = Date.now() + 90_000; Date.now() < giveUpAt; await sleep(25)) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`The app ended with code ${child.exitCode}:\n${output()}`);
    const [, port] = /Listening on http:\/\/[^\s"]*:(\d+)[\s"]/.exec(output()) ?? [];
    if (port === undefined) continue;
    const url = `http://127.0.0.1:${port}`;
    const isUp = await fetch(`${url}/health`).then(
      (response) => response.ok,
      () => false,
    );
    if (isUp) return url;
  }
  throw new Error(`The app did not answer within a minute and a half:\n${output()}`);
}

async function send(url: string, method: string, path: string, { body, headers }: RequestOptions = {}): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    body: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body),
  });
  const text = await response.text();
  const json = response.headers.get("content-type")?.includes("json");
  return { status: response.status, text, body: json ? JSON.parse(text) : undefined };
}

export const adminCredentials = { email: "admin@test.dev", password: "supersecret" };

/** Migrates a database for an app and makes an admin user. */
export async function prepareDatabase(options: CommandOptions): Promise<void> {
  for (const args of [["db:migrate"], ["user", "-e", adminCredentials.email, "-p", adminCredentials.password]]) {
    const { code, output } = await velella(args, options);
    if (code !== 0) throw new Error(`velella ${args.join(" ")} failed:\n${output}`);
  }
}

/** Headers of the admin user of {@link prepareDatabase}. */
export async function adminHeaders(app: RunningApp): Promise<Record<string, string>> {
  const { body, status } = await app.request("POST", "/auth/user/emailpass", { body: adminCredentials });
  if (status !== 200) throw new Error(`The admin could not log in: ${JSON.stringify(body)}`);
  return { authorization: `Bearer ${body.token}` };
}

/** Makes a sales channel and a publishable key for it. */
export async function storeHeaders(
  app: RunningApp,
  admin: Record<string, string>,
): Promise<{ headers: Record<string, string>; channelId: string }> {
  const channel = await app.request("POST", "/admin/sales-channels", { headers: admin, body: { name: "Web" } });
  const key = await app.request("POST", "/admin/api-keys", { headers: admin, body: { title: "Web", type: "publishable" } });
  const channelId = channel.body.sales_channel.id;
  await app.request("POST", `/admin/api-keys/${key.body.api_key.id}/sales-channels`, { headers: admin, body: { add: [channelId] } });
  return { headers: { "x-publishable-api-key": key.body.api_key.token }, channelId };
}

/** Repeats until the check gives something, up to a minute. */
export async function eventually<T>(check: () => Promise<T | undefined | false>, what: string): Promise<T> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const found = await check();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`Not within a minute: ${what}`);
    await sleep(50);
  }
}

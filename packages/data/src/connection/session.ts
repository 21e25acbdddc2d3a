import type { SqlResult, SqlSession } from "@velella/kernel";
import { Client } from "pg";
import { Backend } from "./backend";
import { clientConfig, statementLog } from "./connection-options";
import type { ResolvedOptions } from "./connection-options";
import { connectError } from "./errors";

/** Opens a connection outside of the pool, by `directUrl` where one is given. */
export async function openSession(options: ResolvedOptions): Promise<SqlSession> {
  const client = new Client(clientConfig(options, true));
  const session = new Session(client, options);
  try {
    await client.connect();
  } catch (cause) {
    throw connectError(client, cause as Error);
  }
  return session;
}

class Session implements SqlSession {
  private readonly backend: Backend;
  private readonly endListeners: ((error?: Error) => void)[] = [];
  private failure: Error | undefined;
  private ended = false;

  constructor(
    private readonly client: Client,
    options: ResolvedOptions,
  ) {
    const onStatement = options.logStatements && options.logger ? statementLog(options.logger) : undefined;
    this.backend = new Backend(client, options.maxPreparedStatements, undefined, onStatement, options.statementTimeoutMs);
    client.on("error", (error) => {
      this.failure ??= error;
      this.end();
    });
    client.on("end", () => this.end());
  }

  async query<Row = Record<string, unknown>>(text: string, params?: readonly unknown[], name?: string): Promise<SqlResult<Row>> {
    const result = await this.backend.query<Row>(text, params, name);
    if (!this.backend.isTidy) await this.backend.tidy();
    return result;
  }

  onNotification(listener: (channel: string, payload: string) => void): void {
    this.client.on("notification", (message) => listener(message.channel, message.payload ?? ""));
  }

  onEnd(listener: (error?: Error) => void): void {
    if (this.ended) listener(this.failure);
    else this.endListeners.push(listener);
  }

  async release(): Promise<void> {
    await this.client.end();
  }

  private end(): void {
    if (this.ended) return;
    this.ended = true;
    for (const listener of this.endListeners) listener(this.failure);
  }
}

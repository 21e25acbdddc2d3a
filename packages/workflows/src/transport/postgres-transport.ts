import type { EventTransport, TransportServices } from "./event-transport";

/** The default: each process claims, from the table, what its subscribers have room for. */
export class PostgresTransport implements EventTransport {
  private services: TransportServices | undefined;

  async start(services: TransportServices): Promise<void> {
    this.services = services;
  }

  async carry(): Promise<boolean> {
    const { services } = this;
    if (!services) return false;
    const free = services.subscribers().map(({ id, concurrency, working }) => [id, concurrency - working] as const);
    const tasks = await services.claim(new Map(free.filter(([, room]) => room > 0)));
    for (const task of tasks) void services.begin(task);
    return tasks.length > 0;
  }

  async stop(): Promise<void> {
    this.services = undefined;
  }
}

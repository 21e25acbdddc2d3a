import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** How a request goes wrong: a status instead of an answer; no answer, with nothing done; no answer although it was done. */
export type Misbehaviour = number | "hang" | "lose";

export interface ErpRequest {
  method: string;
  path: string;
  /** `PUT /acknowledgements` for `PUT /acknowledgements/x`. */
  route: string;
  // What an app sends is looked into by tests.
  // oxlint-disable-next-line typescript/no-explicit-any
  body: any;
}

/** A remote system with items and orders, on a real port, that goes wrong as it is told. */
export class ErpServer {
  readonly items = new Map<string, { name: string; price: number; changed: boolean }>();
  readonly acknowledgements = new Map<string, string[]>();
  readonly orders = new Map<string, { number: string; quantity: number }>();
  readonly requests: ErpRequest[] = [];
  private readonly misbehaviours = new Map<string, Misbehaviour[]>();
  private readonly waiting = new Map<string, () => void>();
  private server: Server | undefined;
  private port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Listens; after `leave` on the same port as before. */
  async come(): Promise<void> {
    this.server = createServer((request, response) => {
      this.answer(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    await new Promise<void>((resolve) => this.server?.listen(this.port, "127.0.0.1", resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** Refuses connections from now on. */
  async leave(): Promise<void> {
    const closed = new Promise((resolve) => this.server?.close(resolve));
    this.server?.closeAllConnections();
    await closed;
  }

  change(number: string, name: string, price: number): void {
    this.items.set(number, { name, price, changed: true });
  }

  /** The next requests of this route go wrong so, one after the other. */
  misbehave(route: string, ...how: Misbehaviour[]): void {
    this.misbehaviours.set(route, how);
  }

  /** Resolves when the next request of this route has come in. */
  next(route: string): Promise<void> {
    return new Promise((resolve) => this.waiting.set(route, resolve));
  }

  to(route: string): ErpRequest[] {
    return this.requests.filter((request) => request.route === route);
  }

  private async answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = "";
    for await (const chunk of incoming) text += String(chunk);
    const { method = "", url: path = "" } = incoming;
    const route = `${method} /${path.split("/")[1]}`;
    const request: ErpRequest = { method, path, route, body: text ? JSON.parse(text) : undefined };
    this.requests.push(request);
    const how = this.misbehaviours.get(route)?.shift();
    const result = how === undefined || how === "lose" ? this.carryOut(request) : undefined;
    this.waiting.get(route)?.();
    this.waiting.delete(route);
    if (how === "hang" || how === "lose") return; // The connection stays open, and silent.
    const status = how ?? (result ? 200 : 404);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(result ?? { message: "No." }));
  }

  private carryOut({ route, path, body }: ErpRequest): object | undefined {
    const name = path.split("/")[2] ?? "";
    switch (route) {
      case "GET /items":
        return {
          items: [...this.items]
            .filter(([, item]) => item.changed)
            .map(([number, { name: title, price }]) => ({ number, name: title, price })),
        };
      case "PUT /acknowledgements":
        this.acknowledgements.set(name, body.numbers);
        return this.mark(body.numbers, false);
      case "DELETE /acknowledgements": {
        const numbers = this.acknowledgements.get(name);
        this.acknowledgements.delete(name);
        return numbers && this.mark(numbers, true);
      }
      case "PUT /orders":
        this.orders.set(name, body);
        return {};
      case "DELETE /orders":
        return this.orders.delete(name) ? {} : undefined;
      default:
        return undefined;
    }
  }

  private mark(numbers: string[], changed: boolean): object {
    for (const number of numbers) Object.assign(this.items.get(number) ?? {}, { changed });
    return {};
  }
}

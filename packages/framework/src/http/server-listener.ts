import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { httpErrors } from "./errors";
import type { MessageClasses } from "./messages/message-classes";
import { portHolder } from "./port-holder";

/** The life of a listening socket: open, and closed without losing a request. */
export class ServerListener {
  private server: Server | undefined;

  constructor(
    private readonly classes: MessageClasses,
    private readonly handle: (req: IncomingMessage, res: ServerResponse) => void,
  ) {}

  /**
   * Opens the socket.
   *
   * @returns Where it listens: with port 0 the system chooses one.
   * @throws `http.port_taken`, `http.port_forbidden`, `http.cannot_listen`
   */
  async listen({ port, host }: { port: number; host?: string }): Promise<{ port: number; host: string }> {
    const { IncomingMessage, ServerResponse } = this.classes;
    const server = createServer({ IncomingMessage, ServerResponse }, this.handle);
    await new Promise<void>((resolve, reject) => {
      server.once("error", (error: NodeJS.ErrnoException) => reject(listenError(error, port, host)));
      server.listen(port, host, resolve);
    });
    this.server = server;
    const address = server.address() as AddressInfo;
    return { port: address.port, host: address.address };
  }

  /**
   * Takes no more requests, and waits for those under way.
   *
   * @param graceMs After so long the connections that are left are cut.
   */
  async close(graceMs: number): Promise<void> {
    const { server } = this;
    if (!server) return;
    this.server = undefined;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    // A connection that was busy a moment ago is idle now, and would be kept alive for seconds.
    const sweep = setInterval(() => server.closeIdleConnections(), 20);
    const deadline = setTimeout(() => server.closeAllConnections(), graceMs);
    server.closeIdleConnections();
    await closed;
    clearInterval(sweep);
    clearTimeout(deadline);
  }
}

function listenError(error: NodeJS.ErrnoException, port: number, host: string | undefined): Error {
  if (error.code === "EADDRINUSE") return httpErrors.portTaken(port, host, portHolder(port));
  if (error.code === "EACCES") return httpErrors.portForbidden(port, host);
  return httpErrors.cannotListen(port, host, error.message);
}

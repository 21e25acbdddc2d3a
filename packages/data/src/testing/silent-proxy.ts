import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

/** Stands for the host of the database: it can vanish, with all that goes on there, and whoever is connected is not told. */
export interface SilentProxy {
  /** The URL of the database by this way. */
  url: string;
  /** From now on nothing is said, neither on the connections that there are nor on new ones. */
  vanish(): void;
  /** New connections are served again; those that there were stay silent. */
  comeBack(): void;
  /** Tells all who are connected what a server says that ends by order of its administrator. */
  sayFarewell(): void;
  close(): Promise<void>;
}

/** An error as the protocol of PostgreSQL has it: its kind, its length, and its fields. */
const farewell = (() => {
  const fields = Buffer.from("SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0");
  const length = Buffer.alloc(4);
  length.writeInt32BE(fields.length + length.length);
  return Buffer.concat([Buffer.from("E"), length, fields]);
})();

/** Opens a way to the database of a URL. */
export async function silentProxy(databaseUrl: string): Promise<SilentProxy> {
  const { hostname, port } = new URL(databaseUrl);
  const host = decodeURIComponent(hostname);
  // The embedded server may listen on a socket only.
  const target = host.startsWith("/") ? { path: `${host}/.s.PGSQL.${port || 5432}` } : { host, port: Number(port || 5432) };
  const [clients, backends] = [new Set<Socket>(), new Set<Socket>()];
  let isThere = true;
  const keepIn = (sockets: Set<Socket>, socket: Socket) => {
    sockets.add(socket.on("error", () => undefined).on("close", () => sockets.delete(socket)));
    return socket;
  };
  const server = createServer((client) => {
    keepIn(clients, client);
    if (!isThere) return;
    const backend = keepIn(backends, connect(target));
    client.pipe(backend).pipe(client);
    client.on("close", () => backend.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.toString(),
    vanish: () => {
      isThere = false;
      for (const backend of backends) backend.unpipe().destroy();
      // Read on, so that the system confirms what nobody gets.
      for (const client of clients) client.unpipe().resume();
    },
    comeBack: () => (isThere = true),
    sayFarewell: () => {
      for (const client of clients) client.write(farewell);
    },
    close: async () => {
      for (const socket of [...clients, ...backends]) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

import { Client } from "pg";
import type { Address } from "./address";

/** The database in which all users of a server meet: advisory locks are per database. */
export const meetingDatabase = "postgres";
/** Which lock stands for being a user; any number, the same in all versions. */
const presenceLock = "hashtext('velella.embedded.user')";

/**
 * Being one of the users of a server, as an open connection that holds a shared lock: it ends with the process,
 * however that ends, and no list of processes has to be kept true.
 */
export class Presence {
  private left = false;

  private constructor(
    private readonly client: Client,
    onLost: () => void,
  ) {
    client.on("end", () => {
      if (!this.left) onLost();
    });
  }

  /**
   * Joins the server at `address`. Waits while the last user is stopping it, and then fails.
   * @param onLost called when the server goes away without `leave`.
   * @throws the error of the connection.
   */
  static async take(address: Address, onLost: () => void): Promise<Presence> {
    const client = createClient(address, meetingDatabase);
    try {
      await client.connect();
      await client.query(`select pg_advisory_lock_shared(${presenceLock})`);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    // A process that has nothing else to do may end.
    liveness(client).unref();
    return new Presence(client, onLost);
  }

  /**
   * Ceases to be a user. When nobody else is one, `stop` is called while the door is held shut: whoever tries to join
   * in that time waits, and then finds no server.
   */
  async leave(stop: () => Promise<void>): Promise<void> {
    this.left = true;
    try {
      if (await this.isLast()) await stop();
    } finally {
      // Fails when the server has just been stopped.
      await this.client.end().catch(() => undefined);
    }
  }

  private async isLast(): Promise<boolean> {
    liveness(this.client).ref();
    try {
      const { rows } = await this.client.query<{ last: boolean }>(
        `select pg_advisory_unlock_shared(${presenceLock}), pg_try_advisory_lock(${presenceLock}) as last`,
      );
      return rows[0]?.last === true;
    } catch {
      return false; // Another who left at the same time was the last, and has stopped the server.
    }
  }
}

/** A connection of the launcher itself, independent of the `PG*` variables. Errors after the start show as `end`. */
export function createClient({ host, port, user, password }: Address, database: string): Client {
  const client = new Client({
    host,
    port,
    user,
    password: password ?? "",
    database,
    ssl: false,
    application_name: "velella",
    connectionTimeoutMillis: 5_000,
  });
  client.on("error", () => undefined);
  return client;
}

/** Two methods that `pg` has and its types lack: whether an open connection keeps the process alive. */
const liveness = (client: Client) => client as unknown as { ref(): void; unref(): void };

import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import pg from "pg";

const insert = {
  name: "insert",
  text: `insert into ledger_entry (id, account, amount, note) values ($1, $2, $3, $4) returning *`,
};

/**
 * What five writes over HTTP cost at least: node:http, prepared statements, one transaction, no checks, no journal, nothing
 * to undo. On the tables of the app that is measured beside it.
 */
export async function openFloor(url) {
  const pool = new pg.Pool({ connectionString: url, max: 10, pipeline: true });
  const server = createServer((req, res) => {
    answer(req, pool).then(
      (result) => res.writeHead(201, { "content-type": "application/json" }).end(JSON.stringify({ result })),
      (error) => res.writeHead(500).end(String(error)),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${server.address().port}/`,
    async close() {
      server.closeAllConnections();
      server.close();
      await pool.end();
    },
  };
}

async function answer(req, pool) {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  const { account, note, ...given } = JSON.parse(Buffer.concat(chunks).toString());
  const client = await pool.connect();
  let { amount } = given;
  try {
    const begun = client.query("begin");
    for (const number of [1, 2, 3, 4, 5]) {
      const { rows } = await client.query({ ...insert, values: [randomUUID(), account, amount + number, note] });
      amount = rows[0].amount;
    }
    await Promise.all([begun, client.query("commit")]);
  } catch (error) {
    // Its transaction is still open.
    client.release(error);
    throw error;
  }
  client.release();
  return { account, amount };
}

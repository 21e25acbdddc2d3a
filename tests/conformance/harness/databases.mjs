import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repositoryRoot } from "./kit.mjs";

// What the repository has built and installed, found from the package that depends on it.
const require = createRequire(join(repositoryRoot, "packages", "data", "package.json"));

/**
 * A PostgreSQL server on which databases are made for one run.
 *
 * @typedef {object} DatabaseServer
 * @property {(template?: string) => Promise<{ name: string; url: string }>} create An empty database, or a copy of another one.
 * @property {(name: string) => Promise<void>} drop
 * @property {() => Promise<void>} close Drops what is left, and stops an embedded server.
 */

/**
 * The server of `DATABASE_URL`, or an embedded one that is gone afterwards.
 *
 * @returns {Promise<DatabaseServer>}
 */
export async function openDatabaseServer() {
  const { Client } = require("pg");
  const embedded = process.env.DATABASE_URL ? undefined : await startTemporary();
  const serverUrl = process.env.DATABASE_URL ?? embedded?.url ?? "";
  const names = new Set();

  const withDatabase = (/** @type {string} */ name) => {
    const url = new URL(serverUrl);
    url.pathname = `/${name}`;
    return url.toString();
  };
  const onServer = async (/** @type {string} */ statement) => {
    const client = new Client({ connectionString: serverUrl });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };
  const drop = async (/** @type {string} */ name) => {
    await onServer(`drop database if exists "${name}" with (force)`);
    names.delete(name);
  };
  return {
    async create(template) {
      const name = `velella_conformance_${randomBytes(6).toString("hex")}`;
      names.add(name);
      await onServer(`create database "${name}"${template === undefined ? "" : ` template "${template}"`}`);
      return { name, url: withDatabase(name) };
    },
    drop,
    async close() {
      for (const name of names) await drop(name);
      await embedded?.stop();
    },
  };
}

/** @returns {Promise<{ url: string; stop(): Promise<void> }>} */
async function startTemporary() {
  const { startEmbedded } = require("@velella/data");
  const directory = mkdtempSync(join(tmpdir(), "velella-conformance-"));
  const server = await startEmbedded({ directory, temporary: true });
  return {
    url: server.url,
    async stop() {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

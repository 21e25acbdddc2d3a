import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { freePort } from "@velella/data/testing";
import { expect, test } from "vitest";
import { shopCopy } from "../support/scratch-app";

const script = join(__dirname, "..", "..", "scripts", "demo.mjs");

/** Runs the demo on a copy of the shop until it has printed its lines. */
async function startDemo(directory: string, port: number) {
  const env = { ...process.env, DATABASE_URL: undefined, NODE_ENV: undefined, PORT: String(port) };
  const child = spawn(process.execPath, [script, directory], { env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  // Not its exit, after which the last lines may still be on their way.
  const ended = once(child, "close");
  while (!output.includes("Ctrl-C stops everything.")) {
    if (child.exitCode !== null || child.signalCode !== null) {
      await ended;
      throw new Error(`The demo ended with code ${child.exitCode}:\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    lines: output.split("\n").filter((line) => /^(curl|TOKEN=)/.test(line)),
    /** As Ctrl-C does. Resolves to the exit code and the last line. */
    async stop() {
      child.kill("SIGINT");
      const [code] = await ended;
      return [code, output.trim().split("\n").at(-1)];
    },
  };
}

/** Pastes lines into one shell; resolves to the answers of those that print one. */
function paste(lines: string[]): unknown[] {
  const output = execFileSync("bash", ["-c", lines.map((line) => `${line}; echo`).join("\n")], { encoding: "utf8" });
  return output
    .split("\n")
    .filter(Boolean)
    .map((line) => (line.startsWith("{") ? JSON.parse(line) : line));
}

// Creates a database, and starts the shop twice.
test("the demo's lines work when pasted, Ctrl-C stops it, and the data is there at the next start", { timeout: 180_000 }, async () => {
  const shop = shopCopy();
  const port = await freePort();
  try {
    const demo = await startDemo(shop.directory, port);
    expect(demo.lines).toHaveLength(6);
    const [health, visitor, review, created, admin] = paste(demo.lines);
    expect(health).toBe("OK");
    expect(visitor).toMatchObject({ count: 2, products: expect.arrayContaining([expect.objectContaining({ title: "Sail" })]) });
    expect(review).toMatchObject({ review: { author: "You", rating: 4 } });
    expect(created).toMatchObject({ product: { title: "Raft no. 3" } });
    expect(admin).toMatchObject({ count: 3 });
    const products = (admin as { products: { title: string; brand: object; reviews: object[] }[] }).products;
    expect(products.map(({ title, brand }) => [title, brand])).toContainEqual([
      "Raft no. 3",
      expect.objectContaining({ name: "By-the-wind" }),
    ]);
    expect(products.flatMap(({ reviews }) => reviews)).toContainEqual(
      expect.objectContaining({ author: "You", text: "Carried me across." }),
    );
    expect(await demo.stop()).toEqual([0, "Stopped. The data is there at the next start."]);
    await expect(fetch(`http://localhost:${port}/health`)).rejects.toThrow("fetch failed");

    const again = await startDemo(shop.directory, port);
    expect(paste(again.lines).at(-1)).toMatchObject({ count: 4 });
    await again.stop();
  } finally {
    shop.remove();
  }
});

test("a taken port is named, with the way to choose another", async () => {
  const server = createServer().listen(0);
  const { port } = server.address() as AddressInfo;
  const shop = shopCopy();
  try {
    await expect(startDemo(shop.directory, port)).rejects.toThrow(
      `Port ${port} is taken. Choose another one: PORT=${port + 1} npm run demo`,
    );
  } finally {
    server.close();
    shop.remove();
  }
});

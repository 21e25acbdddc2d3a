/**
 * Requests from a process of their own, so that their cost is not the server's: `node load.mjs`. Its parent tells
 * `{ url, path, body, concurrency, ms }`, and is told `{ requests, seconds }`.
 */
import { Agent, request } from "node:http";

const agent = new Agent({ keepAlive: true });

function post(url, payload) {
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(payload) };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: "POST", agent, headers }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (part) => (text += part));
      answer.on("end", () => (answer.statusCode === 201 ? resolve() : reject(new Error(`${url}: ${answer.statusCode} ${text}`))));
    });
    sent.on("error", reject);
    sent.end(payload);
  });
}

process.on("message", async ({ url, body, concurrency, ms }) => {
  const start = performance.now();
  const payload = JSON.stringify(body);
  let requests = 0;
  const work = async () => {
    do {
      await post(url, payload);
      requests++;
    } while (performance.now() - start < ms);
  };
  try {
    await Promise.all(Array.from({ length: concurrency }, work));
    process.send({ requests, seconds: (performance.now() - start) / 1000 });
  } catch (error) {
    process.send({ failure: String(error) });
  }
});
process.send("ready");

import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { adminHeaders, eventually, prepareDatabase, startApp } from "../support/running-app";
import type { RunningApp } from "../support/running-app";
import { shopCopy } from "../support/scratch-app";
import type { ScratchApp } from "../support/scratch-app";

let database: TestDatabase;
let scratch: ScratchApp;
let app: RunningApp;

beforeAll(async () => {
  database = await createTestDatabase();
  scratch = shopCopy();
  scratch.write("src/api/broken/route.ts", `export const GET = async () => { throw new TypeError("the secret of the handler") }`);
  const options = { directory: scratch.directory, env: { DATABASE_URL: database.url } };
  await prepareDatabase(options);
  app = await startApp(options);
});
afterAll(async () => {
  await app?.stop();
  scratch?.remove();
  await database?.drop();
});

test("malformed JSON is a 400 that says so", async () => {
  const answer = await app.request("POST", "/admin/brands", {
    headers: { ...(await adminHeaders(app)), "content-type": "application/json" },
    body: `{"name": `,
  });
  expect(answer.status).toBe(400);
  expect(answer.body.type).toBe("invalid_data");
  expect(answer.body.message).toMatch(/JSON/);
});

test("a body that breaks the schema is a 400 with every issue and its path", async () => {
  const answer = await app.request("POST", "/admin/brands", { headers: await adminHeaders(app), body: { name: 7, colour: "blue" } });
  expect(answer.status).toBe(400);
  expect(answer.body.message).toContain("for field 'name'");
  expect(answer.body.message).toContain("Field 'handle' is required");
});

test("what a list of runs cannot be filtered or ordered by is a 400 that names it", async () => {
  const headers = await adminHeaders(app);
  const list = async (query: string) => {
    const { status, body } = await app.request("GET", `/admin/workflows-executions?${query}`, { headers });
    return [status, body.message as string];
  };
  expect(await list("q=order&created_at[$gte]=2026-01-01&state[]=done")).toEqual([200, undefined]);
  expect(await list("state[]=finished")).toEqual([400, expect.stringMatching(/^"state" \$in must be one of .*; found "finished"\.$/)]);
  expect(await list("created_at[$gte]=soon")).toEqual([
    400,
    expect.stringMatching(/^"created_at" \$gte must be a Date, .*; found "soon"\.$/),
  ]);
  expect(await list("order=started_at")).toEqual([400, 'Executions cannot be filtered or ordered by "started_at".']);
});

test("an unknown route is a 404", async () => {
  expect((await app.request("GET", "/nothing/here")).status).toBe(404);
});

test("an exception in a handler: nothing of it to the client, all of it in the log with the request's id", async () => {
  const answer = await app.request("GET", "/broken", { headers: { "x-request-id": "req-of-the-test" } });
  expect(answer.status).toBe(500);
  expect(answer.body).toEqual({ code: "unknown_error", type: "unknown_error", message: "An unknown error occurred." });
  // What the process prints comes by another way than its answer, and may come later.
  const logged = ["the secret of the handler", "broken/route.ts", "req-of-the-test"];
  await eventually(async () => logged.every((part) => app.output().includes(part)), `the log has it all:\n${app.output()}`);
});

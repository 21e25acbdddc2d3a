import { expect, test } from "vitest";
import { isTransient } from "./errors";

const error = (properties: object, message = "failed") => Object.assign(new Error(message), properties);

test.each([
  ["a server that stops", error({ code: "57P01" })],
  ["a server that starts", error({ code: "57P03" })],
  ["a deadlock", error({ code: "40P01" })],
  ["a refused connection", error({ code: "ECONNREFUSED", syscall: "connect" })],
  ["a socket that is away", error({ code: "ENOENT", syscall: "connect" })],
  ["a connection that broke", error({}, "Connection terminated unexpectedly")],
  ["a wrapped one", error({ reason: "connection.cannot_connect", cause: error({ code: "57P03" }) })],
  ["a connection that timed out", error({ reason: "connection.cannot_connect", cause: error({}, "timeout expired") })],
  ["a pool that ran dry", error({ reason: "connection.no_free_connection" })],
])("%s may be tried again", (_name, failure) => {
  expect(isTransient(failure)).toBe(true);
});

test.each([
  ["a wrong password", error({ reason: "connection.cannot_connect", cause: error({ code: "28P01" }) })],
  ["a duplicate", error({ code: "23505" })],
  ["a missing file", error({ code: "ENOENT", syscall: "open" })],
  ["a remote system that is away", error({ cause: error({ code: "ECONNREFUSED" }) }, "fetch failed")],
  ["nothing", undefined],
])("%s is an answer", (_name, failure) => {
  expect(isTransient(failure)).toBe(false);
});

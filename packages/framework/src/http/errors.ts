import { defineErrors } from "@velella/kernel";
import type { AppError } from "@velella/kernel";

/** Every error that the HTTP layer makes itself. */
export const httpErrors = defineErrors("http", {
  portTaken: {
    type: "unexpected_state",
    message: (port: number, host: string | undefined, holder: string | undefined) =>
      `Port ${port}${host ? ` on ${host}` : ""} is already taken${holder ? ` by ${holder}` : ""}, so the server cannot listen there.`,
    hint: (port, _host, holder) =>
      `${holder ? "Stop that process" : "Stop the process that holds it"}, or choose another port: PORT=${port + 1}.`,
  },
  portForbidden: {
    type: "unexpected_state",
    message: (port: number, host: string | undefined) =>
      `The server may not listen on port ${port}${host ? ` of ${host}` : ""}: permission denied.`,
    hint: () => "Ports below 1024 need privileges. Choose a higher one: PORT=9000.",
  },
  cannotListen: {
    type: "unexpected_state",
    message: (port: number, host: string | undefined, reason: string) =>
      `The server cannot listen on port ${port}${host ? ` of ${host}` : ""}: ${reason}.`,
    hint: () => "Check the host name and the port: HOST=127.0.0.1 PORT=9000.",
  },
  duplicateRoute: {
    type: "invalid_argument",
    message: (path: string, first: string, second: string) => `Two route files answer ${path}: ${first} and ${second}.`,
    hint: () => "Keep one of them, or move one to another folder.",
  },
  badRoutePath: {
    type: "invalid_argument",
    message: (file: string, segment: string) =>
      `The folder "${segment}" of ${file} is not a path segment: a plain name or "[name]" with letters, digits and "_" is expected.`,
    hint: () => 'Rename the folder. A parameter is written "[id]" and becomes req.params.id.',
  },
  badRouteExport: {
    type: "invalid_argument",
    message: (file: string, name: string, expected: string, got: string) =>
      `${file} exports ${name}, which must be ${expected}, not ${got}.`,
    hint: (_file, name) => `Write: export const ${name} = async (req, res) => { … }`,
  },
  routeWithoutHandlers: {
    type: "invalid_argument",
    message: (file: string, found: string) =>
      `${file} exports no handler: one of GET, POST, PUT, PATCH, DELETE, OPTIONS, HEAD was expected, ${found} came.`,
    hint: () => "Export at least one handler: export const GET = async (req, res) => { … }",
  },
  badMiddlewares: {
    type: "invalid_argument",
    message: (where: string, expected: string, got: string) => `The middlewares of ${where} must be ${expected}, not ${got}.`,
    hint: () => "Write: export default defineMiddlewares({ routes: [{ matcher, middlewares: [ … ] }] })",
  },
  badMatcher: {
    type: "invalid_argument",
    message: (matcher: string, reason: string) => `The matcher "${matcher}" is not a path pattern: ${reason}.`,
    hint: () => 'Patterns look like "/store*", "/custom/:id" or a RegExp.',
  },
  emptyRejection: {
    type: "unexpected_state",
    message: (method: string, path: string) => `A handler or middleware of ${method} ${path} failed with no error object.`,
    hint: () => "Throw an Error, or reject with one.",
  },
  missingJwtSecret: {
    type: "unexpected_state",
    message: () => "A token can be neither signed nor verified, because projectConfig.http.jwtSecret is not set.",
    hint: () => "Set jwtSecret in the config, for example from the environment variable JWT_SECRET.",
  },
  missingVerifier: {
    type: "unexpected_state",
    message: (what: string, name: string) => `${what} cannot be checked, because nothing is registered in the container as "${name}".`,
    hint: (_what, name) => `Register a verifier: container.register("${name}", asValue({ … })).`,
  },
  publishableKeyMissing: {
    type: "not_allowed",
    message: () =>
      "Publishable API key required in the request header: x-publishable-api-key. You can manage your keys in settings in the dashboard.",
    hint: () => "Create a publishable key and send it with the header x-publishable-api-key.",
  },
  publishableKeyInvalid: {
    type: "not_allowed",
    message: () => "A valid publishable key is required to proceed with the request",
    hint: () => "The key is unknown or revoked. Use one that is listed by GET /admin/api-keys.",
  },
  invalidRequest: {
    type: "invalid_data",
    message: (issues: string) => `Invalid request: ${issues}`,
  },
  notASchema: {
    type: "invalid_argument",
    message: (got: string) => `A zod schema was expected, not ${got}.`,
    hint: () => "Pass z.object({ … }), of zod 3 or zod 4.",
  },
});

/** One thing that is wrong with a request, with the place where it is. */
export interface ValidationIssue {
  /** Keys and indexes that lead to the value; empty for the whole body or query. */
  path: (string | number)[];
  /** What is wrong, in the contract's wording. */
  message: string;
}

/** An `invalid_data` error that also carries every issue, so that a client can show each beside its field. */
export function invalidRequest(summary: string, issues: ValidationIssue[]): AppError & { issues: ValidationIssue[] } {
  return Object.assign(httpErrors.invalidRequest(summary), { issues });
}

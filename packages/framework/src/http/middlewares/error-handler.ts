import { AppError } from "@velella/kernel";
import { serverContextOf } from "../messages/message-classes";
import type { AppRequest, AppResponse, ErrorHandler } from "../types";

/** An error as a client sees it. */
export interface ErrorAnswer {
  status: number;
  body: { code?: string; type: string; message: string; issues?: unknown };
}

interface Mapping {
  status: number;
  code?: string;
  message?: string;
}

const mappings: Record<string, Mapping | undefined> = {
  invalid_data: { status: 400 },
  not_allowed: { status: 400 },
  unauthorized: { status: 401 },
  forbidden: { status: 403 },
  not_found: { status: 404 },
  conflict: {
    status: 409,
    code: "invalid_state_error",
    message: "The request conflicted with another request. You may retry the request with the provided Idempotency-Key.",
  },
  duplicate_error: { status: 422, code: "invalid_request_error" },
  payment_authorization_error: { status: 422 },
  database_error: { status: 500, code: "api_error" },
  invalid_argument: { status: 500 },
  unexpected_state: { status: 500 },
};

/** Errors as they occur: instances, their JSON copies, those of body parsers, and whatever else is thrown. */
interface Thrown {
  type?: unknown;
  message?: unknown;
  code?: unknown;
  issues?: unknown;
  status?: unknown;
  expose?: unknown;
}

/**
 * What a client is told of an error: status and body by its type. Whatever has no type of ours is masked,
 * so that nothing internal leaves the server.
 */
export function toErrorAnswer(error: unknown): ErrorAnswer {
  const thrown: Thrown = typeof error === "object" && error !== null ? error : {};
  const message = typeof thrown.message === "string" ? thrown.message : "";
  const mapping = typeof thrown.type === "string" && Object.hasOwn(mappings, thrown.type) ? mappings[thrown.type] : undefined;
  if (mapping) {
    const code = mapping.code ?? (AppError.isAppError(error) ? error.code : undefined);
    const issues = thrown.issues;
    return {
      status: mapping.status,
      body: {
        ...(code ? { code } : {}),
        type: thrown.type as string,
        message: mapping.message ?? message,
        ...(Array.isArray(issues) ? { issues } : {}),
      },
    };
  }
  if (thrown.type === "entity.parse.failed") return { status: 400, body: { type: "invalid_data", message } };
  // Errors of parsers and other middlewares say themselves that their message is meant for the client.
  if (thrown.expose === true && typeof thrown.status === "number" && thrown.status >= 400 && thrown.status < 500) {
    return { status: thrown.status, body: { type: "unknown_error", message } };
  }
  return { status: 500, body: { code: "unknown_error", type: "unknown_error", message: "An unknown error occurred." } };
}

/**
 * The error handler that is in force unless `defineMiddlewares` brings another one, which may call this one.
 * Errors of status 500 and above are logged with their stack and the request id; the client gets the id as a header.
 */
export function errorHandler(): ErrorHandler {
  return (error, req, res) => answerError(error, req, res);
}

function answerError(error: unknown, req: AppRequest, res: AppResponse): void {
  const { status, body } = toErrorAnswer(error);
  const logger = serverContextOf(req)?.logger;
  if (status >= 500) logger?.error(`${req.method} ${req.originalUrl} failed (request ${req.requestId})`, error);
  else if (AppError.isAppError(error) && error.hint) logger?.debug(`${req.method} ${req.originalUrl}: ${error.message} ${error.hint}`);
  if (res.headersSent) {
    // Half an answer must not look like a whole one.
    if (!res.writableEnded) res.destroy();
    return;
  }
  if (status >= 500) res.setHeader("X-Request-Id", req.requestId);
  // A middleware may have announced another body before it failed.
  res.removeHeader("Content-Type");
  res.removeHeader("Content-Length");
  res.removeHeader("Content-Encoding");
  res.status(status).json(body);
}

/**
 * Errors that mean something to whoever sees them: each has a type, which decides the HTTP status,
 * a stable `reason` that code can test, and a `hint` that says what to do next.
 */

/** The kinds of error, with the meaning they have in an HTTP answer. */
export const ErrorTypes = {
  DB_ERROR: "database_error",
  DUPLICATE_ERROR: "duplicate_error",
  INVALID_ARGUMENT: "invalid_argument",
  INVALID_DATA: "invalid_data",
  UNAUTHORIZED: "unauthorized",
  FORBIDDEN: "forbidden",
  NOT_FOUND: "not_found",
  NOT_ALLOWED: "not_allowed",
  UNEXPECTED_STATE: "unexpected_state",
  CONFLICT: "conflict",
  UNKNOWN_MODULES: "unknown_modules",
  PAYMENT_AUTHORIZATION_ERROR: "payment_authorization_error",
  PAYMENT_REQUIRES_MORE_ERROR: "payment_requires_more_error",
} as const;

/**
 * A value of {@link ErrorTypes}. {@link AppError} takes any other text as well; over HTTP that is a 500 without its message.
 */
export type ErrorType = (typeof ErrorTypes)[keyof typeof ErrorTypes];

/** Codes that clients of the store API test for. */
export const ErrorCodes = {
  INSUFFICIENT_INVENTORY: "insufficient_inventory",
  CART_INCOMPATIBLE_STATE: "cart_incompatible_state",
  UNKNOWN_MODULES: "unknown_modules",
} as const;

/**
 * The error of the framework. Known as `MedusaError` in the facades, hence the marker
 * `__isMedusaError`, which survives a JSON copy where `instanceof` does not.
 */
export class AppError extends Error {
  static readonly Types = ErrorTypes;
  static readonly Codes = ErrorCodes;

  readonly __isMedusaError = true;
  readonly date = new Date();
  readonly type: string;
  /** Sent to clients as `code` when set. */
  readonly code?: string;
  /** Stable name of this error, such as `data.not_found`; set by the factories of {@link defineErrors}. */
  reason?: string;
  /** What to do about it. Shown in logs and on the command line, never sent to clients. */
  hint?: string;

  constructor(type: string, message: string, code?: string, ..._params: unknown[]) {
    super(message);
    this.name = "Error";
    this.type = type;
    if (code !== undefined) this.code = code;
  }

  /** True for instances and for their JSON copies, such as the errors that a workflow rethrows. */
  static isAppError(error: unknown): error is AppError {
    return typeof error === "object" && error !== null && "__isMedusaError" in error && error.__isMedusaError === true;
  }
}

/** One row of an error table: see {@link defineErrors}. */
export interface ErrorDefinition {
  /** Decides the HTTP status. */
  type: ErrorType;
  // The parameters are whatever the message needs; `never[]` lets every signature fit.
  message: (...args: never[]) => string;
  /** Gets the same arguments as `message`. */
  hint?: (...args: never[]) => string;
  /** Sent to clients as `code`. */
  code?: string;
}

/** Factories by name, each with the parameters of its message. */
export type ErrorFactories<T extends Record<string, ErrorDefinition>> = {
  [K in keyof T]: (...args: Parameters<T[K]["message"]>) => AppError;
};

/**
 * Makes the errors of a package, in its one `errors.ts`.
 *
 * @example
 * export const linkErrors = defineErrors("link", {
 *   unknownModel: {
 *     type: "invalid_argument",
 *     message: (file: string, model: string) => `${file} links to the model "${model}", which no module has.`,
 *     hint: (_file, model) => `Add a module with the model "${model}" to "modules" in the config, or remove the link.`,
 *   },
 * });
 * throw linkErrors.unknownModel("src/links/a.ts", "Brand");
 */
export function defineErrors<const T extends Record<string, ErrorDefinition>>(area: string, table: T): ErrorFactories<T> {
  const factories: Record<string, (...args: never[]) => AppError> = {};
  for (const [name, row] of Object.entries(table)) {
    const factory = (...args: never[]) => {
      const error = new AppError(row.type, row.message(...args), row.code);
      error.reason = `${area}.${name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)}`;
      if (row.hint) error.hint = row.hint(...args);
      Error.captureStackTrace(error, factory);
      return error;
    };
    factories[name] = factory;
  }
  return factories as ErrorFactories<T>;
}

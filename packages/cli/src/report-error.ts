import { styleText } from "node:util";
import { AppError } from "@velella/kernel";

/** How much {@link reportError} tells, and where. */
export interface ReportOptions {
  /** Adds the stack, and that of the cause. */
  verbose?: boolean;
  /** Where the lines go; standard error by default. */
  write?: (text: string) => void;
}

/** Tells a person what went wrong and what to do next. */
export function reportError(error: unknown, { verbose = false, write = (text) => process.stderr.write(text) }: ReportOptions = {}): void {
  const paint = (format: Parameters<typeof styleText>[0], text: string) =>
    process.stderr.isTTY && !process.env.NO_COLOR ? styleText(format, text) : text;
  write(`${paint("red", "Error:")} ${messageOf(error)}\n`);
  const hint = hintOf(error);
  if (hint) write(`\n${paint("dim", hint)}\n`);
  if (verbose) write(`\n${stackOf(error)}\n`);
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return AppError.isAppError(error) ? error.message : String(error);
  const message = error.message || messagesOfAll(error) || error.name;
  return AppError.isAppError(error) || ["Error", "error"].includes(error.name) ? message : `${error.name}: ${message}`;
}

/** Node tells of a refused connection by an error without a message that holds one error per address. */
function messagesOfAll(error: Error): string {
  return error instanceof AggregateError
    ? error.errors.map((inner) => (inner instanceof Error ? inner.message : String(inner))).join("; ")
    : "";
}

function hintOf(error: unknown): string | undefined {
  if (AppError.isAppError(error)) return error.hint;
  return "This error is not one that was foreseen. Run the command again with --verbose to see where it comes from.";
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stack = error.stack ?? String(error);
  return error.cause === undefined ? stack : `${stack}\nCaused by: ${stackOf(error.cause)}`;
}

/** What a span may carry. */
export type SpanAttributes = Record<string, string | number | boolean>;

/** The part of an OpenTelemetry span that is used here. */
export interface Span {
  setAttribute(key: string, value: string | number | boolean): unknown;
  setStatus(status: { code: number; message?: string }): unknown;
  recordException(exception: { name?: string; message: string; stack?: string }): unknown;
  /** False once it has ended, and for spans that are not sampled. */
  isRecording(): boolean;
  end(): void;
}

export interface SpanOptions {
  /** `client` for a request to another system; `internal` by default. */
  kind?: "internal" | "client";
  /** Whether what was thrown counts as an error of the span; it does by default. */
  isFailure?(error: unknown): boolean;
}

interface Tracer {
  startActiveSpan<T>(name: string, options: { kind: number; attributes: SpanAttributes }, run: (span: Span) => T): T;
}

interface TracerProvider {
  getTracer(name: string): Tracer;
}

/** What `@opentelemetry/api` 1.x leaves on the global object once an SDK is registered; the same for every copy of it. */
interface RegisteredApi {
  trace?: TracerProvider;
  context?: { active(): { getValue(key: symbol): unknown } };
}

const apiKey = Symbol.for("opentelemetry.js.api.1");
const spanKey = Symbol.for("OpenTelemetry Context Key SPAN");
const kinds = { internal: 0, client: 2 } as const;
const failed = 2;

let known: { provider: TracerProvider; tracer: Tracer } | undefined;

function registered(): RegisteredApi | undefined {
  return (globalThis as { [apiKey]?: RegisteredApi })[apiKey];
}

/** Whether an OpenTelemetry SDK is registered in this process. One look at a global; nothing is loaded. */
export function isTracing(): boolean {
  return registered()?.trace !== undefined;
}

/**
 * Whether the running code is inside of a span that has not ended. What is not, such as a poll in the background that
 * a traced request once set going, need not make spans of its own.
 */
export function isInsideSpan(): boolean {
  const span = registered()?.context?.active().getValue(spanKey) as Span | undefined;
  return span?.isRecording() === true;
}

/**
 * Runs something inside of a span that ends with it, as a child of the span that is active. Without a registered SDK it is a
 * plain call; callers who have to compute attributes ask {@link isTracing} before.
 *
 * @param run Gets the span; undefined where nothing is traced.
 */
export function withSpan<T>(name: string, attributes: SpanAttributes, run: (span?: Span) => T, options: SpanOptions = {}): T {
  const provider = registered()?.trace;
  if (!provider) return run();
  if (known?.provider !== provider) known = { provider, tracer: provider.getTracer("velella") };
  return known.tracer.startActiveSpan(name, { kind: kinds[options.kind ?? "internal"], attributes }, (span) => settle(span, run, options));
}

function settle<T>(span: Span, run: (span: Span) => T, { isFailure = () => true }: SpanOptions): T {
  const fail = (error: unknown): never => {
    if (isFailure(error)) failSpan(span, error);
    span.end();
    throw error;
  };
  let result: T;
  try {
    result = run(span);
  } catch (error) {
    return fail(error);
  }
  if (!isPromise(result)) {
    span.end();
    return result;
  }
  return result.then((value: unknown) => {
    span.end();
    return value;
  }, fail) as T;
}

/** Marks a span as failed, with what was thrown or told. */
export function failSpan(span: Span, error: unknown): void {
  const { name, message = String(error), stack } = (typeof error === "object" && error !== null ? error : {}) as Partial<Error>;
  span.recordException({ name, message, stack });
  span.setStatus({ code: failed, message });
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as { then?: unknown } | undefined)?.then === "function";
}

/** What a span may carry. */
export type SpanAttributes = Record<string, string | number | boolean>;

/** The part of an OpenTelemetry span that is used here. */
export interface Span {
  setAttribute(key: string, value: string | number | boolean): unknown;
  setStatus(status: { code: number; message?: string }): unknown;
  recordException(exception: { name?: string; message: string; stack?: string }): unknown;
  /** False once it has ended, and for spans that are not sampled. */
  isRecording(): boolean;
  spanContext(): SpanContext;
  end(): void;
}

interface SpanContext {
  traceId: string;
  spanId: string;
  traceFlags: number;
}

/** What a span is besides its name and its attributes. */
export interface SpanOptions {
  /** `client` for a request to another system; `internal` by default. */
  kind?: "internal" | "client";
  /** Whether what was thrown counts as an error of the span; it does by default. */
  isFailure?(error: unknown): boolean;
  /** Spans that it belongs to though it is no child of theirs, as {@link traceparentOf} gave them. */
  links?: readonly string[];
}

interface StartOptions {
  kind: number;
  attributes: SpanAttributes;
  links: { context: SpanContext & { isRemote: boolean } }[];
}

interface Tracer {
  startSpan(name: string, options: StartOptions): Span;
}

interface TraceContext {
  getValue(key: symbol): unknown;
  setValue(key: symbol, value: unknown): TraceContext;
}

interface TracerProvider {
  getTracer(name: string): Tracer;
}

/** What `@opentelemetry/api` 1.x leaves on the global object once an SDK is registered; the same for every copy of it. */
interface RegisteredApi {
  trace?: TracerProvider;
  context?: { active(): TraceContext; with<T>(context: TraceContext, run: () => T): T };
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

/** A span as a text that survives its process, in the form of the W3C header `traceparent`. */
export function traceparentOf(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
}

function linkTo(traceparent: string): StartOptions["links"] {
  const [, traceId, spanId, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent) ?? [];
  if (!traceId || !spanId || !flags) return [];
  return [{ context: { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true } }];
}

/** A span that has begun, and not ended. */
export interface OpenSpan {
  readonly span: Span;
  /** Runs something inside of it; it ends with that. */
  around<T>(run: (span: Span) => T): T;
}

/**
 * Begins a span as a child of the span that is active; undefined without a registered SDK.
 * It ends by `around`, or by `span.end()`.
 */
export function openSpan(name: string, attributes: SpanAttributes, options: SpanOptions = {}): OpenSpan | undefined {
  const { trace: provider, context } = registered() ?? {};
  if (!provider) return undefined;
  if (known?.provider !== provider) known = { provider, tracer: provider.getTracer("velella") };
  const { kind = "internal", links = [] } = options;
  const span = known.tracer.startSpan(name, { kind: kinds[kind], attributes, links: links.flatMap(linkTo) });
  const within = <T>(run: () => T): T => (context ? context.with(context.active().setValue(spanKey, span), run) : run());
  return { span, around: (run) => within(() => settle(span, run, options)) };
}

/**
 * Runs something inside of a span that ends with it, as a child of the span that is active. Without a registered SDK it is a
 * plain call; callers who have to compute attributes ask {@link isTracing} before.
 *
 * @param run Gets the span; undefined where nothing is traced.
 */
export function withSpan<T>(name: string, attributes: SpanAttributes, run: (span?: Span) => T, options: SpanOptions = {}): T {
  const opened = openSpan(name, attributes, options);
  return opened ? opened.around(run) : run();
}

/** A span around a statement, where it is sent from inside of a span; statements that nobody asked for make none. */
export function sqlSpan<T>(text: string, run: () => Promise<T>): Promise<T> {
  if (!isInsideSpan()) return run();
  const operation = /^[\s(]*([a-z]+)/i.exec(text)?.[1]?.toUpperCase() ?? "SQL";
  const attributes = { "db.system.name": "postgresql", "db.operation.name": operation, "db.query.text": text };
  return withSpan(`SQL ${operation}`, attributes, run, { kind: "client" });
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

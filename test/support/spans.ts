import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Attributes,
  context,
  type Context,
  type ContextManager,
  type Exception,
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
  trace,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';

/** A span as a test sees it. */
export interface SeenSpan {
  readonly name: string;
  /** Null = the first of its tree. */
  readonly parent: SeenSpan | null;
  readonly attributes: Attributes;
  readonly exceptions: Exception[];
  hasFailed: boolean;
  /** What was said of the failure. */
  said: string | undefined;
  isOver: boolean;
}

/** Registers a provider that keeps every span; nothing but the API of OpenTelemetry is used for it. */
export function seeSpans(): { readonly spans: readonly SeenSpan[] } & Disposable {
  const spans: SeenSpan[] = [];
  const tracer = tracerInto(spans);
  const provider: TracerProvider = { getTracer: () => tracer };
  context.setGlobalContextManager(contexts());
  trace.setGlobalTracerProvider(provider);
  return {
    spans,
    [Symbol.dispose]: () => {
      trace.disable();
      context.disable();
    },
  };
}

function contexts(): ContextManager {
  const storage = new AsyncLocalStorage<Context>();
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (active, work, thisArg, ...args) => storage.run(active, () => work.call(thisArg as never, ...args)),
    bind: (_, target) => target,
    enable: () => manager,
    disable: () => manager,
  };
  return manager;
}

function tracerInto(spans: SeenSpan[]): Tracer {
  const seenOf = new WeakMap<Span, SeenSpan>();
  const tracer: Tracer = {
    startSpan(name, options = {}, active = context.active()) {
      const parent = trace.getSpan(active);
      const seen: SeenSpan = {
        name,
        parent: parent === undefined ? null : (seenOf.get(parent) ?? null),
        attributes: { ...options.attributes },
        exceptions: [],
        hasFailed: false,
        said: undefined,
        isOver: false,
      };
      spans.push(seen);
      const span = spanOf(seen, spans.length);
      seenOf.set(span, seen);
      return span;
    },
    startActiveSpan<F extends (span: Span) => unknown>(name: string, ...rest: unknown[]): ReturnType<F> {
      const work = rest.at(-1) as F;
      const span = tracer.startSpan(name, rest.length > 1 ? (rest[0] as object) : {});
      return context.with(trace.setSpan(context.active(), span), () => work(span)) as ReturnType<F>;
    },
  };
  return tracer;
}

function spanOf(seen: SeenSpan, nth: number): Span {
  const span: Span = {
    spanContext: () => ({
      traceId: '1'.padStart(32, '0'),
      spanId: nth.toString(16).padStart(16, '0'),
      traceFlags: 1,
    }),
    setAttribute: (key, value) => span.setAttributes({ [key]: value }),
    setAttributes(attributes) {
      Object.assign(seen.attributes, attributes);
      return span;
    },
    addEvent: () => span,
    addLink: () => span,
    addLinks: () => span,
    setStatus({ code, message }) {
      seen.hasFailed = code === SpanStatusCode.ERROR;
      seen.said = message;
      return span;
    },
    updateName: () => span,
    end: () => void (seen.isOver = true),
    isRecording: () => !seen.isOver,
    recordException: (exception) => void seen.exceptions.push(exception),
  };
  return span;
}

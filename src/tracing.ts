import { type Attributes, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { ConnectorError } from './connector-sdk/errors.ts';
import { AppError } from './model/errors.ts';

// The API alone: without an SDK in the process (see docs/metrics.md) every span is one that does nothing.

/** Runs `work` in a span of its own. Names and attributes are ours: kinds, ids and counts, nothing of a person. */
export async function inSpan<T>(name: string, attributes: Attributes, work: (span: Span) => Promise<T>): Promise<T> {
  return traced(name, { attributes, kind: SpanKind.INTERNAL }, work);
}

/** The same for a call to somebody else. */
export async function inCallSpan<T>(
  name: string,
  attributes: Attributes,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  return traced(name, { attributes, kind: SpanKind.CLIENT }, work);
}

/** The call went through, and its answer is a refusal. */
export function refused(span: Span): void {
  span.setStatus({ code: SpanStatusCode.ERROR });
}

function traced<T>(
  name: string,
  options: { readonly attributes: Attributes; readonly kind: SpanKind },
  work: (span: Span) => Promise<T>,
): Promise<T> {
  // Asked for each time: whoever sets an SDK up may do so after this file was read.
  return trace.getTracer('leadloop').startActiveSpan(name, options, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** What kind of error, never its words: a message may quote a person's data. */
function fail(span: Span, error: unknown): void {
  const name = error instanceof Error ? error.name : 'unknown';
  const isOurs = error instanceof AppError || error instanceof ConnectorError;
  span.recordException({ name });
  span.setAttribute('error.type', isOurs ? error.code : name);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

import { context, createTraceState, ROOT_CONTEXT, type SpanContext, trace } from '@opentelemetry/api';

/** What `traceparent` says; `undefined` if it is not a valid header. */
function spanContextOf(traceparent: string, tracestate: string | undefined): SpanContext | undefined {
  const parts = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent);
  if (parts === null) return undefined;
  const [, traceId, spanId, flags] = parts;
  const about = { traceId: traceId!, spanId: spanId!, traceFlags: Number.parseInt(flags!, 16), isRemote: true };
  return tracestate === undefined ? about : { ...about, traceState: createTraceState(tracestate) };
}

/**
 * Runs an attempt in the context of its span, so that spans that the task makes have it as their parent. Each thread of a pool with `tracing` loads
 * this. The thread needs a tracer provider and a context manager of its own, as every program does that makes spans.
 */
export function within<T>(traceparent: string, tracestate: string | undefined, run: () => T): T {
  const parent = spanContextOf(traceparent, tracestate);
  // Of nothing else: the thread may just have come from another task.
  return parent === undefined ? run() : context.with(trace.setSpanContext(ROOT_CONTEXT, parent), run);
}

import { isSpanContextValid, type Link, type Span, SpanStatusCode } from '@opentelemetry/api';
import type { AttemptTrace, TracedAttempt, TracedTask } from '../../core/tracing.ts';
import type { Made } from './made.ts';

/** The header `traceparent` of W3C for what happens within a span; `undefined` without a tracer. */
function traceparentOf(span: Span): string | undefined {
  const about = span.spanContext();
  if (!isSpanContextValid(about)) return undefined;
  return `00-${about.traceId}-${about.spanId}-${about.traceFlags.toString(16).padStart(2, '0')}`;
}

/** The span of an attempt, from its handing over to its end. When it began is an event in it: an attempt may lie behind another on its thread. */
export function attemptSpan(
  { tracer, parent }: Made,
  task: TracedTask,
  { attempt, replica, slot, threadId, sentAt }: TracedAttempt,
  links: Link[],
): AttemptTrace & { readonly span: Span } {
  const attributes = {
    'holdfast.pool': task.pool,
    'holdfast.task': task.name,
    'holdfast.task.id': task.taskId,
    'holdfast.attempt': attempt,
    'holdfast.replica': replica,
    'holdfast.slot': slot,
    'thread.id': threadId,
  };
  const span = tracer.startSpan(`attempt ${task.name}`, { attributes, links, startTime: sentAt }, parent);
  return {
    span,
    traceparent: traceparentOf(span),
    tracestate: span.spanContext().traceState?.serialize(),
    ended(end, startedAt, endedAt) {
      span.addEvent('holdfast.started', {}, Math.max(sentAt, startedAt));
      span.setAttribute('holdfast.end', end);
      // The others ended it, and it is no error of its own.
      if (end !== 'ok' && end !== 'lost' && end !== 'aborted') {
        span.setAttribute('error.type', end);
        span.setStatus({ code: SpanStatusCode.ERROR, message: end });
      }
      span.end(Math.max(sentAt, endedAt));
    },
  };
}

import { type Attributes, isSpanContextValid, type Link, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import type { AttemptTrace, TaskTrace, TracedAttempt, TracedTask } from '../../core/tracing.ts';
import { attemptSpan } from './attempt-span.ts';
import type { Made } from './made.ts';

/** Attempts that are remembered, to be linked with. */
const MOST_LINKS = 8;

/** The span of a task, from its acceptance to its settlement; undefined where no tracer listens and no caller is traced. */
export function taskSpan({ tracer, parent }: Made, about: TracedTask): TaskTrace | undefined {
  const attributes: Attributes = { 'holdfast.pool': about.pool, 'holdfast.task': about.name, 'holdfast.task.id': about.taskId };
  if (about.module !== undefined) attributes['holdfast.module'] = about.module;
  const span = tracer.startSpan(`task ${about.name}`, { attributes }, parent);
  if (!isSpanContextValid(span.spanContext())) return undefined;
  const inside = trace.setSpan(parent, span);
  const earlier: { readonly attempt: number; readonly replica: number; readonly span: Span }[] = [];
  return {
    sent(attempt: TracedAttempt): AttemptTrace {
      // Sent once more before it has ended: it was taken back before it began, which leaves no span.
      const takenBack = earlier.findIndex(
        (one) => one.attempt === attempt.attempt && one.replica === attempt.replica && one.span.isRecording(),
      );
      if (takenBack !== -1) earlier.splice(takenBack, 1);
      const links = earlier.map((one) => linkTo(one.span, one.replica === attempt.replica ? 'retry' : 'copy'));
      const made = attemptSpan({ tracer, parent: inside }, about, attempt, links);
      if (earlier.length >= MOST_LINKS) earlier.shift();
      earlier.push({ attempt: attempt.attempt, replica: attempt.replica, span: made.span });
      return made;
    },
    settled(kind, error, attempts) {
      span.setAttributes({ 'holdfast.attempts': attempts, 'holdfast.outcome': kind ?? 'ok' });
      if (kind !== undefined) {
        span.setAttribute('error.type', kind);
        span.setStatus({ code: SpanStatusCode.ERROR, message: textOf(error) });
        span.recordException({ name: nameOf(error), message: textOf(error) });
      }
      span.end();
    },
  };
}

function linkTo(span: Span, relation: 'retry' | 'copy'): Link {
  return { context: span.spanContext(), attributes: { 'holdfast.relation': relation } };
}

/** Characters of an error that a span tells. */
const TEXT = 500;

/** Message of an error of the user, which may be anything. */
function textOf(error: unknown): string {
  const { message } = (error ?? {}) as { message?: unknown };
  return (typeof message === 'string' ? message : String(error)).slice(0, TEXT);
}

function nameOf(error: unknown): string {
  const { name } = (error ?? {}) as { name?: unknown };
  return typeof name === 'string' ? name.slice(0, TEXT) : typeof error;
}

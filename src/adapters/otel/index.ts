import { context, type Tracer, type TracerProvider, trace } from '@opentelemetry/api';
import { ownFileUrl, VERSION } from '../../core/installation.ts';
import type { Tracing } from '../../core/tracing.ts';
import { taskSpan } from './task-span.ts';

export type { AttemptTrace, TaskTrace, TracedAttempt, TracedTask, Tracing } from '../../core/tracing.ts';

/** Where the spans of a pool go. */
export interface OtelOptions {
  /** Makes the tracer of the pool. @default the global one, as it is when the pool accepts a task */
  readonly tracerProvider?: TracerProvider | undefined;
}

/**
 * Spans for OpenTelemetry: give it to a pool as its option `tracing`. Each task is a span, each attempt a span below it, and the context goes with the
 * attempt into its thread or cell. Needs `@opentelemetry/api` beside this package.
 */
export function otel(options: OtelOptions = {}): Tracing {
  const tracer = (): Tracer => (options.tracerProvider ?? trace).getTracer('holdfast', VERSION);
  return {
    module: ownFileUrl('adapters/otel/in-thread.js', () => new URL('./in-thread.js', import.meta.url)),
    accepted: (task) => taskSpan({ tracer: tracer(), parent: context.active() }, task),
  };
}

import type { Context, Tracer } from '@opentelemetry/api';

/** What a span is made with. */
export interface Made {
  readonly tracer: Tracer;
  /** In which its parent is. */
  readonly parent: Context;
}

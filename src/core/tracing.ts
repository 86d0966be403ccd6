import type { AttemptEnd, FailureKind } from './failure.ts';

/** Which task is traced. */
export interface TracedTask {
  /** The pool's name. */
  readonly pool: string;
  /** Number of the task in its pool. */
  readonly taskId: number;
  /** The export that is called. */
  readonly name: string;
  /** `file:` URL of its module, if it is not the pool's own. */
  readonly module: string | undefined;
}

/** Which attempt is traced, and which thread it is handed to. */
export interface TracedAttempt {
  /** 1 for the first attempt of the task. */
  readonly attempt: number;
  /** Number of the copy; 0 unless the task is redundant or hedged. */
  readonly replica: number;
  /** Place of the thread in the pool. */
  readonly slot: number;
  /** `worker.threadId`. */
  readonly threadId: number;
  /** When it was handed over; milliseconds since 1970. */
  readonly sentAt: number;
}

/** One attempt on its way. What was handed over and taken back before it began never ends. */
export interface AttemptTrace {
  /** What the thread receives: the header `traceparent` of W3C; `undefined` if there is no trace. */
  readonly traceparent: string | undefined;
  /** The header `tracestate`. */
  readonly tracestate: string | undefined;
  /** @param startedAt milliseconds since 1970, like `endedAt` */
  ended(end: AttemptEnd, startedAt: number, endedAt: number): void;
}

/** One accepted task. */
export interface TaskTrace {
  /** An attempt of the task goes to a thread. */
  sent(attempt: TracedAttempt): AttemptTrace;
  /** @param kind `undefined` for a result */
  settled(kind: FailureKind | undefined, error: unknown, attempts: number): void;
}

/** What the option `tracing` takes: made by `otel()` of `holdfast/otel`. What it throws is ignored. */
export interface Tracing {
  /** `file:` URL of the module that each thread loads before the task module. It exports `within(traceparent, tracestate, run)`. */
  readonly module: string;
  /** A task was accepted. It is called in the context of the task's caller. @returns undefined if the task is not traced */
  accepted(task: TracedTask): TaskTrace | undefined;
}

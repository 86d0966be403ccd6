import type { Clock } from '../../core/clock.ts';
import type { AttemptEnd, FailureKind } from '../../core/failure.ts';
import { inContext } from '../../core/foreign/context.ts';
import type { Attempt, Task } from '../../core/task.ts';
import type { AttemptTrace, TaskTrace, Tracing } from '../../core/tracing.ts';
import type { AttemptTracer } from '../../dispatch/outcomes/witnesses.ts';
import type { PoolThread } from '../../dispatch/threads/pool-thread.ts';

/** Tells a tracer of tasks and attempts. There is one only where a pool has the option `tracing`. */
export class Traces implements AttemptTracer {
  readonly #tracing: Tracing;
  readonly #clock: Clock;
  readonly #pool: () => string;
  readonly #tasks = new WeakMap<Task, TaskTrace>();
  /** Spans of the runs of each attempt: one may run twice, at no cost. */
  readonly #attempts = new WeakMap<Attempt, Map<string, AttemptTrace>>();

  constructor(tracing: Tracing, clock: Clock, pool: () => string) {
    this.#tracing = tracing;
    this.#clock = clock;
    this.#pool = pool;
  }

  accepted(task: Task): void {
    const { id: taskId, spec } = task;
    const { name, module } = spec;
    const trace = quietly(() =>
      inContext(task.extras?.context, () => this.#tracing.accepted({ pool: this.#pool(), taskId, name, module })),
    );
    if (trace !== undefined) this.#tasks.set(task, trace);
  }

  settled(task: Task, kind: FailureKind | undefined, error: unknown): void {
    quietly(() => this.#tasks.get(task)?.settled(kind, error, task.begun));
  }

  sent(thread: PoolThread, bundle: number, attempts: readonly Attempt[]): void {
    const sentAt = this.#clock.wall();
    const { slot, threadId } = thread;
    for (const attempt of attempts) {
      const { number, replica, task } = attempt;
      const trace = quietly(() => this.#tasks.get(task)?.sent({ attempt: number, replica, slot, threadId, sentAt }));
      if (trace === undefined) continue;
      const sent = this.#attempts.get(attempt) ?? new Map<string, AttemptTrace>();
      this.#attempts.set(attempt, sent.set(place(thread, bundle), trace));
      const { traceparent, tracestate } = trace;
      if (traceparent !== undefined) attempt.carry(tracestate ? { traceparent, tracestate } : { traceparent });
    }
  }

  ended(thread: PoolThread, bundle: number, attempt: Attempt, end: AttemptEnd, startedAt: number, endedAt: number): void {
    const sent = this.#attempts.get(attempt);
    const trace = sent?.get(place(thread, bundle));
    if (trace === undefined) return;
    sent!.delete(place(thread, bundle));
    const wall = this.#clock.wall() - this.#clock.now();
    quietly(() => trace.ended(end, wall + startedAt, wall + endedAt));
  }
}

const place = ({ key }: PoolThread, bundle: number): string => `${key}:${bundle}`;

/** A tracer's faults are its own. */
function quietly<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}

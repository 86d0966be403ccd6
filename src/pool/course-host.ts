import type { Clock } from '../core/clock.ts';
import type { EventSink } from '../core/events.ts';
import type { AttemptEnd, Failure } from '../core/failure.ts';
import type { Random } from '../core/random.ts';
import type { Attempt, Task } from '../core/task.ts';
import type { Fence } from '../dispatch/threads/pool-thread.ts';
import type { CourseHost } from '../policies/course-host.ts';
import type { Ledger } from '../policies/ledger.ts';
import type { Routes } from './routes.ts';

interface Parts {
  readonly clock: Clock;
  readonly random: Random;
  readonly emitter: EventSink;
  readonly escalates: boolean;
  readonly routes: Routes;
  readonly ledger: Ledger;
}

/** The pool, as the courses of its tasks see it. */
export class PoolCourseHost implements CourseHost {
  readonly clock: Clock;
  readonly random: Random;
  readonly emitter: EventSink;
  readonly escalates: boolean;
  readonly #routes: Routes;
  readonly #ledger: Ledger;

  constructor({ clock, random, emitter, escalates, routes, ledger }: Parts) {
    this.clock = clock;
    this.random = random;
    this.emitter = emitter;
    this.escalates = escalates;
    this.#routes = routes;
    this.#ledger = ledger;
  }

  submit(attempt: Attempt): void {
    this.#routes.submit(attempt);
  }

  cancel(attempt: Attempt, mode: Fence['mode'], end?: AttemptEnd): void {
    this.#routes.of(attempt).cancel(attempt, mode, end);
  }

  started(attempt: Attempt): boolean {
    return this.#routes.of(attempt).started(attempt);
  }

  runs(attempt: Attempt): boolean {
    return this.#routes.of(attempt).survey.runs(attempt);
  }

  bar(attempts: readonly Attempt[]): () => void {
    const retirements = attempts.map((attempt) => this.#routes.of(attempt).bar(attempt));
    return () => {
      for (const retire of retirements) retire?.();
    };
  }

  running(): Iterable<{ readonly attempt: Attempt; readonly startedAt: number }> {
    return this.#routes.running();
  }

  leisure(): boolean {
    return this.#routes.main.survey.leisure();
  }

  fulfil(task: Task, value: unknown): void {
    this.#ledger.fulfil(task, value);
  }

  reject(task: Task, failure: Failure): void {
    this.#ledger.reject(task, failure);
  }
}

import type { EventSink, PoolEventName } from '../core/events.ts';
import type { Attempt, Task } from '../core/task.ts';
import type { Dispatcher } from '../dispatch/dispatcher.ts';
import type { Fullness } from '../dispatch/threads/fullness.ts';
import type { PoolThread } from '../dispatch/threads/pool-thread.ts';
import { Escalation, type EscalationHost } from './escalation.ts';

/** How full the escalation's own threads are is not the pool's health. */
const NOT_THE_POOLS: ReadonlySet<PoolEventName> = new Set<PoolEventName>(['ready', 'degraded', 'recovered']);

/** Where attempts go: to the pool's threads, or, with `isolation: 'escalate'`, to cells once an attempt of the task has crashed. */
export class Routes {
  readonly main: Dispatcher;
  readonly #escalation: Escalation;

  constructor(main: Dispatcher, escalation: EscalationHost) {
    this.main = main;
    this.#escalation = new Escalation(escalation);
  }

  submit(attempt: Attempt): void {
    if (attempt.placement?.isolated === true) this.#escalation.submit(attempt);
    else this.main.submit(attempt);
  }

  /** Where an attempt is that has been submitted. One whose place has failed has ended: any place says so. */
  of(attempt: Attempt): Dispatcher {
    return (attempt.placement?.isolated === true ? this.#escalation.dispatcher : undefined) ?? this.main;
  }

  get all(): readonly Dispatcher[] {
    return [this.main, ...this.#escalation.all];
  }

  /** Applies to the pool's own threads: those of the escalation come and go. */
  get health(): Fullness['state'] {
    return this.main.roster.health;
  }

  /** Attempts that wait for a thread. */
  get queued(): number {
    return this.all.reduce((sum, { backlog }) => sum + backlog.size, 0);
  }

  /** What is left of the retry budget, 0 to 1. */
  get retryBudget(): number {
    return this.main.budget.available;
  }

  /** Tasks that were accepted and have not begun, beyond what idle threads will take at once. */
  waiting(): number {
    return this.main.survey.waiting();
  }

  *threads(): Generator<PoolThread> {
    for (const dispatcher of this.all) yield* dispatcher.roster.threads;
  }

  /** Attempts that run and are wanted, each with its start on the manager's clock. */
  *running(): Generator<{ readonly attempt: Attempt; readonly startedAt: number }> {
    for (const dispatcher of this.all) yield* dispatcher.survey.running();
  }

  /** Tasks of which an attempt runs, or has ended without having reported. */
  tasksAtWork(): Set<Task> {
    this.pollAll();
    const tasks = new Set<Task>();
    for (const thread of this.threads()) {
      const current = thread.current()?.attempt;
      for (const attempt of current === undefined ? thread.unreported() : [current, ...thread.unreported()]) tasks.add(attempt.task);
    }
    return tasks;
  }

  pollAll(): void {
    for (const dispatcher of this.all) dispatcher.pollAll();
  }

  /** Threads that are ended in good order, now or later, are given no more time for that. */
  hurry(): void {
    for (const dispatcher of this.all) dispatcher.hurry();
  }

  /** Stops every thread; resolves with how many were at work. */
  async stop(): Promise<number> {
    const busy = await Promise.all([this.main.stop(), ...this.#escalation.stop()]);
    return busy.reduce((sum, count) => sum + count, 0);
  }
}

/** The pool's emitter, as the dispatcher of the escalation may use it. */
export function withoutFullness(emitter: EventSink): EventSink {
  return {
    emit: (name, event) => {
      if (!NOT_THE_POOLS.has(name)) emitter.emit(name, event);
    },
  };
}

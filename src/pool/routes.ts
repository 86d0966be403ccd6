import type { Emitter, PoolEventName, PoolEvents } from '../core/events.ts';
import type { Attempt } from '../core/task.ts';
import type { Dispatcher } from '../dispatch/dispatcher.ts';
import type { PoolThread } from '../dispatch/threads/pool-thread.ts';

/** How full the escalation's own threads are is not the pool's health. */
const NOT_THE_POOLS: ReadonlySet<PoolEventName> = new Set<PoolEventName>(['ready', 'degraded', 'recovered']);

/**
 * Where attempts go: to the pool's threads, or, with `isolation: 'escalate'`, to cells once an attempt of the task has crashed. The cells
 * are made when the first attempt needs one.
 */
export class Routes {
  readonly main: Dispatcher;
  readonly #makeCells: () => Dispatcher;
  #cells: Dispatcher | undefined;

  constructor(main: Dispatcher, makeCells: () => Dispatcher) {
    this.main = main;
    this.#makeCells = makeCells;
  }

  of(attempt: Attempt): Dispatcher {
    if (attempt.placement?.isolated !== true) return this.main;
    this.#cells ??= this.#makeCells();
    return this.#cells;
  }

  get all(): readonly Dispatcher[] {
    return this.#cells === undefined ? [this.main] : [this.main, this.#cells];
  }

  *threads(): Generator<PoolThread> {
    for (const dispatcher of this.all) yield* dispatcher.roster.threads;
  }

  /** Attempts that run and are wanted, each with its start on the manager's clock. */
  *running(): Generator<{ readonly attempt: Attempt; readonly startedAt: number }> {
    for (const dispatcher of this.all) yield* dispatcher.survey.running();
  }

  pollAll(): void {
    for (const dispatcher of this.all) dispatcher.pollAll();
  }

  /** Stops every thread; resolves with how many were at work. */
  async stop(): Promise<number> {
    const busy = await Promise.all(this.all.map((dispatcher) => dispatcher.stop()));
    return busy.reduce((sum, count) => sum + count, 0);
  }
}

/** The pool's emitter, for the dispatcher of the escalation. */
export function withoutFullness(emitter: Emitter): Emitter {
  const filtered = Object.create(emitter) as Emitter;
  filtered.emit = <Name extends PoolEventName>(name: Name, event: PoolEvents[Name]): void => {
    if (!NOT_THE_POOLS.has(name)) emitter.emit(name, event);
  };
  return filtered;
}

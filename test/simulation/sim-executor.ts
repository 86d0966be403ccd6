import type { Executor, ExecutorThread, ThreadEvents } from '../../src/executors/executor.ts';
import { SimThread } from './sim-thread.ts';
import type { Witness } from './witness.ts';
import type { World } from './world.ts';

/** Makes simulated threads, and ends some of them for no reason. */
export class SimExecutor implements Executor {
  readonly #world: World;
  readonly #witness: Witness;
  #nextId = 1;
  closed = false;
  /** Every thread that has not been seen to exit. */
  readonly threads: Map<number, SimThread>;
  started = 0;

  constructor(world: World, witness: Witness) {
    this.#world = world;
    this.#witness = witness;
    this.threads = witness.threads;
  }

  start(events: ThreadEvents): ExecutorThread {
    if (this.closed) this.#world.fail('a thread was started after the executor had been closed');
    this.started++;
    const thread = new SimThread(this.#nextId++, this.#world, this.#witness, events);
    this.threads.set(thread.threadId, thread);
    this.#world.journal.note('threadStart', thread.threadId);
    return thread;
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  /** So many threads die at this instant, whatever they do. */
  strike(count: number): void {
    const { skyDice } = this.#world;
    for (let i = 0; i < count; i++) {
      const alive = [...this.threads.values()].filter(({ body }) => body.alive);
      if (alive.length === 0) return;
      skyDice.pick(alive).body.die('struck', 137);
    }
  }
}

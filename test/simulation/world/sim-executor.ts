import type { Executor, ExecutorThread, ThreadEvents } from '../../../src/executors/executor.ts';
import type { Witness } from '../checks/witness.ts';
import type { Home } from './home.ts';
import { SimThread } from './sim-thread.ts';
import type { World } from './world.ts';

/** Makes simulated threads, and ends some of them for no reason. */
export class SimExecutor implements Executor {
  readonly #world: World;
  readonly #witness: Witness;
  readonly home: Home;
  closed = false;
  /** Every thread that has not been seen to exit, wherever it lives. */
  readonly threads: Map<number, SimThread>;

  constructor(world: World, witness: Witness, home: Home) {
    this.#world = world;
    this.#witness = witness;
    this.home = home;
    this.threads = witness.threads;
  }

  start(events: ThreadEvents): ExecutorThread {
    if (this.closed) this.#world.fail('a thread was started after the executor had been closed');
    const thread = new SimThread(++this.#world.threadsStarted, this.#world, this.home, this.#witness, events);
    this.threads.set(thread.threadId, thread);
    this.#witness.homes.set(thread.threadId, this.home);
    this.#witness.restarts.started(this.home);
    this.#world.journal.note('threadStart', thread.threadId);
    return thread;
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  /** The loop of one thread does nothing for this time. */
  stall(ms: number): void {
    const alive = [...this.threads.values()].filter(({ body }) => body.alive);
    if (alive.length === 0) return;
    const { body, threadId } = this.#world.stalls.whom(alive);
    this.#world.journal.note('stall', threadId, ms);
    body.loop.stand(ms);
  }

  /** How many threads die at this instant, whatever they do. */
  strike(count: number): void {
    const { skyDice } = this.#world;
    for (let i = 0; i < count; i++) {
      const alive = [...this.threads.values()].filter(({ body }) => body.alive);
      if (alive.length === 0) return;
      skyDice.pick(alive).body.die('struck', 137);
    }
  }
}

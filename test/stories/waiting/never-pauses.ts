import type { TestContext } from 'node:test';
import { settle } from '../../../src/faults/virtual-clock.ts';
import type { PoolOptions } from '../../../src/index.ts';
import { Script } from '../../simulation/world/scripted.ts';
import type { ScriptedThread } from '../../simulation/world/scripted-thread.ts';
import { lendTime } from '../borrowed-time.ts';

/** What a task that begins does: it ends with a value, or its thread runs out of memory. */
type Deed = { readonly value: unknown } | 'oom';

/**
 * A pool with callers who never pause: as soon as one of their tasks has settled the next is there, twice as many as there are threads. Threads do
 * what they are told: they become ready, run what they are given, and end when they are to.
 */
export class NeverPauses {
  readonly script: Script;
  readonly #threads: number;
  /** Milliseconds that each task takes. */
  readonly #task: number;
  /** Plain tasks that have run so far. */
  served = 0;
  #waiting = 0;
  readonly #began = new Set<ScriptedThread>();
  readonly #gone = new Set<ScriptedThread>();

  constructor(t: TestContext, options: Partial<PoolOptions> & { readonly threads: number }, task: number = 5) {
    this.#task = task;
    this.script = new Script(t, { spares: 1, retry: { retries: 1, minTimeout: 0 }, ...options });
    this.#threads = options.threads;
    lendTime(t, this.script);
  }

  /** Rounds in which every thread gets to the end of one task, until it holds; `undefined` after `most`. */
  async until(holds: () => boolean, most: number, deed: (input: unknown, thread: number) => Deed): Promise<number | undefined> {
    for (let round = 0; round <= most; round++) {
      if (holds()) return round;
      await this.#round(deed);
    }
    return undefined;
  }

  async #round(deed: (input: unknown, thread: number) => Deed): Promise<void> {
    const { script } = this;
    for (const thread of script.threads) {
      if (!this.#began.has(thread)) {
        this.#began.add(thread);
        await thread.ready();
      }
    }
    this.#topUp();
    await settle();
    const at = script.threads.filter((thread) => !this.#gone.has(thread)).map((thread) => [thread, thread.begin()] as const);
    await script.clock.advance(this.#task);
    for (const [thread, item] of at) {
      const does = item === undefined ? undefined : deed(item.input, thread.threadId);
      if (thread.terminated || does === 'oom') {
        this.#gone.add(thread);
        await thread.exit(does === 'oom' ? { cause: 'oom' } : {});
      } else if (does !== undefined) {
        thread.finish(does.value);
        await thread.report();
      }
    }
  }

  #topUp(): void {
    for (; this.#waiting < 2 * this.#threads; this.#waiting++) {
      this.script.pool.run('load').then(
        () => {
          this.#waiting--;
          this.served++;
        },
        () => {}, // The test is over.
      );
    }
  }
}

import type { TestContext } from 'node:test';
import type { Executor, ExecutorThread, ThreadEvents } from '../../../src/executors/executor.ts';
import { settle, VirtualClock } from '../../../src/faults/virtual-clock.ts';
import type { PoolOptions } from '../../../src/options/types.ts';
import { Pool } from '../../../src/pool/pool.ts';
import { ScriptedThread, SHORT } from './scripted-thread.ts';

/** A pool whose threads and whose clock are in the hands of a test. */
export class Script implements Executor {
  readonly clock = new VirtualClock();
  readonly threads: ScriptedThread[] = [];
  readonly pool: Pool;
  /** Who holds the process alive. */
  holders = 0;
  /** Threads of another process answer later. */
  answers: 'at once' | 'later' = 'at once';

  constructor(t: TestContext, options: Partial<PoolOptions>) {
    const close = (): void => {
      this.holders = 0;
    };
    const keepAlive = { hold: () => void this.holders++, release: () => void this.holders--, close };
    const seams = { clock: this.clock, random: () => 0.5, executor: () => this, keepAlive };
    this.pool = new Pool({ filename: 'file:///scripted.js', metrics: false, threads: 1, spares: 0, ...options }, seams);
    t.after(async () => {
      const closed = this.pool.close({ force: true });
      await settle();
      for (const thread of this.threads) await thread.exit();
      await this.clock.runUntilIdle();
      await closed;
    });
  }

  start(events: ThreadEvents): ExecutorThread {
    const thread = new ScriptedThread(this.threads.length + 1, this, events);
    this.threads.push(thread);
    return thread;
  }

  async close(): Promise<void> {}

  /** Thread number `n`, from 1, in the order they were started. */
  thread(n: number): ScriptedThread {
    const thread = this.threads[n - 1];
    if (thread === undefined) throw new Error(`Expected thread ${n} to have been started. Got ${this.threads.length} threads.`);
    return thread;
  }

  /** Short tasks, so that those which follow travel in bundles. */
  async warmUp(thread: ScriptedThread): Promise<void> {
    for (let i = 0; i < 3; i++) {
      this.watch(this.pool.run(`short ${i}`));
      await settle();
      await thread.work();
    }
  }

  /**
   * What `submit` submits finds these threads busy, each with one short task. So nothing is handed over alone, and it travels together to them. They
   * end that task in this order.
   */
  async whileBusy<T>(threads: readonly ScriptedThread[], submit: () => T): Promise<T> {
    for (const _ of threads) this.watch(this.pool.run('busy'));
    const submitted = submit();
    await settle();
    for (const thread of threads)
      if (thread.begin()?.input !== 'busy') throw new Error(`Expected thread ${thread.threadId} to have been idle.`);
    await this.clock.advance(SHORT);
    for (const thread of threads) {
      thread.finish();
      await thread.report();
    }
    return submitted;
  }

  /** The outcome of a run, once it is there. */
  watch(promise: Promise<unknown>): { outcome?: unknown; error?: unknown } {
    const seen: { outcome?: unknown; error?: unknown } = {};
    promise.then(
      (value) => {
        seen.outcome = value;
      },
      (error) => {
        seen.error = error;
      },
    );
    return seen;
  }
}

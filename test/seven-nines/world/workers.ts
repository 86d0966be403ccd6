import type { Executor, ExecutorThread, ThreadEvents } from '../../../src/executors/executor.ts';
import type { Timeline } from '../../simulation/world/timeline.ts';
import { type Perform, Worker } from './worker.ts';

export interface WorkersOptions {
  readonly timeline: Timeline;
  readonly perform: Perform;
  /** Threads that are ready at once. */
  readonly atOnce: number;
  /** Milliseconds that each later thread takes to start. */
  readonly boot: number;
}

/** Threads of one machine. */
export class Workers implements Executor {
  readonly #options: WorkersOptions;
  readonly threads: Worker[] = [];

  constructor(options: WorkersOptions) {
    this.#options = options;
  }

  start(events: ThreadEvents): ExecutorThread {
    const { timeline, perform, atOnce, boot } = this.#options;
    const number = this.threads.length;
    const thread = new Worker(number + 1, timeline, events, perform);
    this.threads.push(thread);
    timeline.arrive(() => thread.ready(), number < atOnce ? 0.01 : boot);
    return thread;
  }

  async close(): Promise<void> {}

  /** The thread that is at work dies, and the pool hears of it at once. */
  kill(): void {
    this.threads.find(({ alive }) => alive)?.die(0);
  }

  /** For `Stage.pool`. */
  readonly executor = (): Executor => this;
}

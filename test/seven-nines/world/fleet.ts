import type { Executor, ExecutorThread, ThreadEvents } from '../../../src/executors/executor.ts';
import type { Timeline } from '../../simulation/world/timeline.ts';
import { FleetThread, type Perform } from './fleet-thread.ts';

export interface FleetOptions {
  readonly timeline: Timeline;
  readonly perform: Perform;
  /** Threads of a node. The first ones that are started are node 0, the next ones node 1, and so on. */
  readonly threadsPerNode: number;
  /** Threads that are ready at once: those of the first nodes and of the spares. */
  readonly atOnce: number;
  /** Milliseconds that each later thread takes to start: the repair of a node. */
  readonly boot: number;
}

/** Nodes as groups of simulated threads: a node's death is the death of all its threads in one instant. */
export class Fleet implements Executor {
  readonly #options: FleetOptions;
  readonly threads: FleetThread[] = [];

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  start(events: ThreadEvents): ExecutorThread {
    const { timeline, perform, threadsPerNode, atOnce, boot } = this.#options;
    const number = this.threads.length;
    const thread = new FleetThread(number + 1, Math.floor(number / threadsPerNode), timeline, events, perform);
    this.threads.push(thread);
    timeline.arrive(() => thread.ready(), number < atOnce ? 0.01 : boot);
    return thread;
  }

  async close(): Promise<void> {}

  /** The node dies; the manager hears of each of its threads after so many milliseconds. */
  kill(node: number, noticedAfter: number): void {
    for (const thread of this.threads) if (thread.node === node) thread.die(noticedAfter);
  }
}

import { pathToFileURL } from 'node:url';
import type { Clock } from '../../core/clock.ts';
import { epochOf } from '../../core/time/machine.ts';
import type { SessionInit } from '../../thread/session.ts';
import type { Executor, ExecutorThread, ThreadEvents } from '../executor.ts';
import type { Beginning, WorkerSettings } from './host.ts';
import { WorkerThread } from './worker-thread.ts';

export interface ThreadsOptions extends WorkerSettings {
  /** `file:` URL of the pool's own task module, if it has one. */
  readonly filename?: string | undefined;
  readonly name: string;
  readonly timeout: { readonly run: number };
  readonly recycle?: { readonly heapMb: number };
  readonly faults: SessionInit['faults'];
  readonly tracing?: { readonly module: string } | undefined;
}

/** Runs tasks on worker threads of this process. */
export class ThreadExecutor implements Executor {
  readonly #options: ThreadsOptions;
  readonly #epoch: number;
  readonly #clock: Clock;
  readonly #later: Beginning['later'];
  #starts = 0;

  constructor(options: ThreadsOptions, clock: Clock, { later }: Pick<Beginning, 'later'> = {}) {
    this.#later = later;
    this.#options = options;
    this.#clock = clock;
    this.#epoch = epochOf(clock);
  }

  /** @throws what Node has against the settings, which are the same for all threads: in a pool the first one is started by its constructor */
  start(events: ThreadEvents): ExecutorThread {
    const { filename, name, timeout, recycle, faults, tracing } = this.#options;
    const session = {
      href: filename === undefined || filename.startsWith('file:') ? filename : pathToFileURL(filename).href,
      name,
      epoch: this.#epoch,
      runLimit: timeout.run,
      presence: this.#clock.shared,
      heapLimit: recycle && recycle.heapMb * 1_048_576,
      start: this.#starts++,
      faults,
      tracing: tracing?.module,
    };
    return new WorkerThread({ settings: this.#options, session, clock: this.#clock, later: this.#later }, events);
  }

  async close(): Promise<void> {}
}

import type { BatchProgress } from '../../batch/index.ts';
import { systemClock } from '../../core/time/system-clock.ts';
import type { Pool } from '../../index.ts';
import { addJobMetrics } from './job-metrics.ts';
import type { RunRequest } from './messages.ts';

/** Keeps what the metrics of a job are read from. */
export class JobMeter {
  readonly #carried: NonNullable<RunRequest['carried']>;
  readonly #since: number = systemClock.now();
  #progress: BatchProgress | undefined;
  #before = 0;

  constructor({ carried }: RunRequest) {
    this.#carried = carried ?? { managers: 1, retries: 0, kinds: {} };
  }

  set progress(progress: BatchProgress) {
    if (this.#progress === undefined) this.#before = progress.earlier;
    this.#progress = progress;
  }

  attach(pool: Pool): void {
    addJobMetrics(pool, () =>
      this.#progress === undefined
        ? undefined
        : { progress: this.#progress, carried: this.#carried, elapsed: systemClock.now() - this.#since, before: this.#before },
    );
  }
}

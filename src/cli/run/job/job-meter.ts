import type { BatchProgress } from '../../../batch/index.ts';
import { systemClock } from '../../../core/time/system-clock.ts';
import type { Pool } from '../../../index.ts';
import type { Carried } from '../carried.ts';
import { Pace } from '../display/pace.ts';
import type { RunRequest } from '../messages.ts';
import { addJobMetrics } from './job-metrics.ts';

/** Keeps what the metrics of a job are read from. */
export class JobMeter {
  readonly #carried: Carried;
  readonly #pace: Pace = new Pace(systemClock);
  #progress: BatchProgress | undefined;

  constructor({ carried }: RunRequest) {
    this.#carried = carried ?? { managers: 1, retries: 0, kinds: {} };
  }

  set progress(progress: BatchProgress) {
    this.#pace.add(progress);
    this.#progress = progress;
  }

  attach(pool: Pool): void {
    addJobMetrics(pool, () =>
      this.#progress === undefined
        ? undefined
        : { progress: this.#progress, carried: this.#carried, left: this.#pace.left(this.#progress) },
    );
  }
}

import type { BatchProgress } from '../../../batch/index.ts';
import type { Clock } from '../../../core/clock.ts';

/** Milliseconds in which an old rate loses most of its weight. */
const MEMORY = 15_000;
/** Milliseconds of observation before a rate is shown. */
const WARM_UP = 2_000;

/** How much is to do in all, as far as that is known. */
export function expectedLines(progress: BatchProgress): number | undefined {
  const { lines, bytes, totalBytes } = progress;
  if (totalBytes === undefined || bytes === 0) return undefined;
  // Lines that were read stand for those that were not.
  return Math.max(lines, Math.round((lines * Math.max(totalBytes, bytes)) / bytes));
}

/** The rate of a job, smoothed: each sample counts less the older it is, by exp(-age / 15 s). */
export class Pace {
  readonly #clock: Clock;
  readonly #startedAt: number;
  #at: number;
  #finished: number | undefined;
  #weightedLines = 0;
  #weightedTime = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAt = clock.now();
    this.#at = this.#startedAt;
  }

  add({ done, failed }: BatchProgress): void {
    const now = this.#clock.now();
    const finished = done + failed;
    // The first sample is where earlier runs have left off; it was not done in this time.
    if (this.#finished !== undefined && finished >= this.#finished) {
      const keep = Math.exp(-(now - this.#at) / MEMORY);
      this.#weightedLines = this.#weightedLines * keep + (finished - this.#finished);
      this.#weightedTime = this.#weightedTime * keep + (now - this.#at);
    }
    this.#finished = finished;
    this.#at = now;
  }

  /** Lines a second; undefined as long as nothing sensible can be said. */
  get rate(): number | undefined {
    if (this.#at - this.#startedAt < WARM_UP || this.#weightedTime === 0) return undefined;
    return (this.#weightedLines / this.#weightedTime) * 1_000;
  }

  /** Milliseconds until all is done; undefined as long as nothing sensible can be said. */
  left(progress: BatchProgress): number | undefined {
    const expected = expectedLines(progress);
    const { rate } = this;
    if (expected === undefined || rate === undefined || rate === 0) return undefined;
    const remaining = Math.max(0, expected - progress.done - progress.failed);
    // If the remaining lines have all been running for long, the rate of the others says nothing about them.
    if (progress.longest.length > 0 && remaining <= progress.open) return undefined;
    return (remaining / rate) * 1_000;
  }
}

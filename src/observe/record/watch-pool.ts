import type { Pool, PoolWatch } from '../../index.ts';
import { Lanes } from './lanes.ts';
import { RecentTimes } from './quantiles.ts';

/** What of a pool is looked at. */
// biome-ignore lint/suspicious/noExplicitAny: a pool of any tasks
export type Observed = Pick<Pool<any, any, any>, 'name' | 'on' | 'off' | 'stats' | 'tree' | 'metrics' | 'watch'>;

/** Milliseconds that quantiles look back on: between one and two of these. */
const SPAN = 5_000;
/** Reports between two looks of which three attempts each are sampled; of further ones, one attempt of every eighth report. */
const SAMPLED_WELL = 250;
const ONE_IN = 8;

/** The attempts of a pool, as lanes and as times: while a page is open, and at no cost otherwise. */
export class Attempts {
  readonly lanes: Lanes = new Lanes();
  readonly #pool: Observed;
  readonly #run = new RecentTimes(SPAN);
  readonly #waited = new RecentTimes(SPAN);
  #watch: PoolWatch | undefined;
  #reports = 0;
  /** Since when there are lanes; on the pool's scale. */
  since = Number.MAX_SAFE_INTEGER;
  /** When an attempt ended last; on the pool's scale. */
  endedAt = 0;

  constructor(pool: Observed) {
    this.#pool = pool;
  }

  get active(): boolean {
    return this.#watch !== undefined;
  }

  begin(now: number): void {
    if (this.#watch !== undefined) return;
    this.endedAt = now;
    this.since = Math.min(this.since, now);
    this.#watch = this.#pool.watch({
      worked: (work) => {
        this.lanes.worked(work);
        this.#sample(work.times, work.waited);
      },
      lost: (work) => {
        this.lanes.lost(work);
        this.endedAt = Math.max(this.endedAt, work.endedAt);
      },
    });
  }

  end(): void {
    this.#watch?.stop();
    this.#watch = undefined;
    this.lanes.take();
  }

  quantiles(now: number): { run: (number | null)[]; wait: (number | null)[] } {
    this.#reports = 0;
    for (const times of [this.#run, this.#waited]) times.age(now);
    return { run: this.#run.quantiles(0.5, 0.99), wait: this.#waited.quantiles(0.5, 0.99) };
  }

  /** A few attempts of a report stand for all of it: it may hold hundreds, and they were put together because they are alike. */
  #sample(times: readonly number[], waited: number | undefined): void {
    const count = times.length - 1;
    if (times[count]! > this.endedAt) this.endedAt = times[count]!;
    if (++this.#reports > SAMPLED_WELL) {
      if (this.#reports % ONE_IN !== 0) return;
      this.#run.add(times[1]! - times[0]!, ONE_IN * count);
      if (waited !== undefined) this.#waited.add(waited, ONE_IN * count);
      return;
    }
    const each = Math.ceil(count / 3);
    for (let i = 0; i < count; i += each) this.#run.add(times[i + 1]! - times[i]!, each);
    if (waited !== undefined) this.#waited.add(waited, count);
  }
}

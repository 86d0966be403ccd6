import type { Pool, PoolWatch, Work } from '../../index.ts';
import { Lanes } from './lanes.ts';
import { RecentTimes } from './quantiles.ts';

/** What of a pool is looked at. */
// biome-ignore lint/suspicious/noExplicitAny: a pool of any tasks
export type Observed = Pick<Pool<any, any, any>, 'name' | 'on' | 'off' | 'stats' | 'tree' | 'metrics' | 'watch'>;

/** Milliseconds that quantiles look back on: between one and two of these. */
const SPAN = 5_000;
/** Reports between two frames that are told one by one: for each thread, and in all. */
const [SINGLY, MOST_SINGLY] = [16, 200];
/** Milliseconds of a thread that are told as one after that, as many as a block spans; more where there are many threads: a thousand of them a second at most. */
const TOGETHER = 16;

/** The attempts of a pool, as lanes and as times: while a page is open, and at no cost otherwise. */
export class Attempts {
  readonly lanes: Lanes = new Lanes();
  readonly #pool: Observed;
  readonly #run = new RecentTimes(SPAN);
  readonly #waited = new RecentTimes(SPAN);
  #watch: PoolWatch | undefined;
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
        this.#sample(work);
      },
      lost: (work) => {
        this.lanes.lost(work);
        this.endedAt = Math.max(this.endedAt, work.endedAt);
      },
    });
    this.gather();
  }

  /** Has told what the pool has kept back. To be called for every frame. */
  gather(): void {
    const slots = this.#watch?.slots ?? 0;
    this.#watch?.gather(Math.min(MOST_SINGLY, SINGLY * slots), Math.max(TOGETHER, slots));
  }

  end(): void {
    this.#watch?.stop();
    this.#watch = undefined;
    this.lanes.take();
  }

  quantiles(now: number): { run: (number | null)[]; wait: (number | null)[] } {
    for (const times of [this.#run, this.#waited]) times.age(now);
    return { run: this.#run.quantiles(0.5, 0.99), wait: this.#waited.quantiles(0.5, 0.99) };
  }

  /** A few attempts of a report stand for all of it: it may hold hundreds, and they were put together because they are alike. */
  #sample({ times, further, waited }: Work): void {
    const own = times.length - 1;
    const count = own + (further?.count ?? 0);
    this.endedAt = Math.max(this.endedAt, further?.until ?? times[own]!);
    const each = Math.ceil(own / 3);
    for (let i = 0; i < own; i += each) this.#run.add(times[i + 1]! - times[i]!, (each * count) / own);
    if (waited !== undefined) this.#waited.add(waited, count);
  }
}

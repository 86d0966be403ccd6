import type { PoolUnderTest } from '../contenders/contender.ts';
import { watchForStall } from '../drive/stall.ts';
import { warmUp } from '../drive/warm-up.ts';
import type { Job } from '../work/job.ts';
import { type Bench, type Case, inQuick, type Outcome } from './case.ts';

const WINDOW = 256;
const WARM_UP = 30_000;

function* numbers(upTo: number): Iterable<Job> {
  for (let i = 0; i < upTo; i++) yield i;
}

/** What a user writes where the pool has no `map`: a window of calls, results in order. */
async function* windowed(pool: PoolUnderTest, jobs: Iterable<Job>): AsyncIterable<unknown> {
  const running: PromiseLike<unknown>[] = [];
  let first = 0;
  for (const job of jobs) {
    running.push(pool.run(job));
    if (running.length - first < WINDOW) continue;
    yield await running[first]!;
    first++;
    if (first === 4 * WINDOW) {
      running.splice(0, first);
      first = 0;
    }
  }
  for (const rest of running.slice(first)) yield await rest;
}

const results = (pool: PoolUnderTest, items: number): AsyncIterable<unknown> =>
  pool.map ? pool.map(numbers(items)) : windowed(pool, numbers(items));

const memoryMb = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().rss / 1e6;
};

/** A long stream of no-ops through the pool, in order; memory must not grow with its length. */
export const map: Case = {
  name: 'map',
  title: '`map` over many no-ops',
  columns: ['tasksPerSecond', 'rssGrowthMb', 'lost', 'duplicated', 'wrong', 'uncaught'],
  variants: (scale) => [
    {
      name: `${scale.mapped.toLocaleString('en')} items`,
      params: { items: scale.mapped },
      ...inQuick(scale, ['holdfast', 'piscina', 'poolifier']),
    },
  ],
  limitMs: ({ mapped, stallMs }) => mapped / 5 + stallMs + 20_000,
  async measure(bench, { params }) {
    const items = Number(params.items);
    const pool = await bench.contender.start({ threads: bench.threads });
    await warmUp(pool, bench.scale.warmUpMs);
    for await (const _ of results(pool, WARM_UP)); // What is measured is to find compiled code.
    const outcome = await drain(bench, pool, items);
    void pool.close();
    return outcome;
  },
};

async function drain({ scale, progress }: Bench, pool: PoolUnderTest, items: number): Promise<Outcome> {
  const seen = { settled: 0, wrong: 0, duplicated: 0, last: -1, isOver: false };
  const began = performance.now();
  let early = 0;
  /** To tidy up before the memory is read takes longer than a tenth of the items. */
  let measuringMs = 0;
  const watch = watchForStall(
    () => seen.isOver,
    () => seen.settled,
    scale.stallMs,
    () => progress({ settled: seen.settled, accepted: items }),
  );
  const read = async (): Promise<void> => {
    for await (const value of results(pool, items)) {
      if (value === seen.last) seen.duplicated++;
      else if (value !== seen.last + 1) seen.wrong++;
      seen.last = Number(value);
      seen.settled++;
      if (seen.settled !== Math.round(items / 10)) continue;
      const stopped = performance.now();
      early = memoryMb();
      measuringMs = performance.now() - stopped;
    }
  };
  const over = (): void => {
    seen.isOver = true;
    watch.check();
  };
  read().then(over, over);
  const { stalled, at } = await watch.end;
  const rate = (seen.settled * 1000) / (at - began - measuringMs);
  const { settled, wrong, duplicated } = seen;
  const counts = { settled, accepted: items, lost: items - settled, wrong, duplicated };
  return { status: stalled ? 'hung' : 'ok', figures: { tasksPerSecond: rate, goodput: rate, ...counts, rssGrowthMb: memoryMb() - early } };
}

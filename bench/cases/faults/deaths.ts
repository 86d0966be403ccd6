import { closedLoop } from '../../drive/closed-loop.ts';
import { watchThreads } from '../../drive/threads.ts';
import { answerOf } from '../../work/job.ts';
import { createLedger } from '../../work/ledger.ts';
import { publishSetting } from '../../work/setting.ts';
import type { Case } from '../case.ts';
import { outcomeOf } from './outcome.ts';

const CRASH = 0.5;
const MOST_TASKS = 200_000;

const rss = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().rss;
};

/** Threads die by the thousand: does the process grow faster than Node's own threads make it grow? */
export const deaths: Case = {
  name: 'deaths',
  title: 'Memory over many thread deaths',
  columns: ['rssBytesPerDeath', 'rssGrowthMb', 'threadDeaths', 'failed', 'lost', 'uncaught'],
  mostRounds: 1,
  variants: ({ deaths }) =>
    deaths === 0
      ? []
      : [
          {
            name: `${deaths.toLocaleString('en')} deaths`,
            params: { deaths },
            contenders: ['raw threads', 'piscina', 'holdfast'],
          },
        ],
  limitMs: (scale) => scale.deaths * 150 + scale.stallMs + 30_000,
  async measure({ contender, threads, scale, seed, progress }, { params }) {
    const target = Number(params.deaths);
    const ledger = createLedger(MOST_TASKS);
    publishSetting({ plan: { seed, rates: { exit: CRASH } }, ledger, slowRounds: 0 });
    const watch = watchThreads();
    const pool = await contender.start({ threads, faulty: true });
    const load = {
      jobOf: (id: number) => ({ kind: 'work', id, rounds: 0 }) as const,
      answerOf,
      sampleEvery: 1000,
      stallMs: scale.stallMs,
      onProgress: () => progress({ threadDeaths: watch.exits }),
    };
    // The first tenth fills the caches of Node and of the pool; growth is counted from there.
    const first = await closedLoop(pool, load, threads, { when: () => watch.exits >= target / 10 });
    const [before, diedBefore] = [rss(), watch.exits];
    const offset = first.accepted;
    const shifted = { ...load, jobOf: (id: number) => load.jobOf(id + offset), answerOf: (id: number) => answerOf(id + offset) };
    const tally = await closedLoop(pool, shifted, threads, { when: () => watch.exits >= target });
    const grown = rss() - before;
    void pool.close();
    const perDeath = grown / Math.max(1, watch.exits - diedBefore);
    return outcomeOf(tally, { rssBytesPerDeath: perDeath, rssGrowthMb: grown / 1e6, threadDeaths: watch.exits });
  },
};

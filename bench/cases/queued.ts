import { createLedger } from '../work/ledger.ts';
import { publishSetting } from '../work/setting.ts';
import { type Case, inQuick } from './case.ts';

const HOLD_MS = 25_000;
/** Milliseconds that the queue may take to drain while we look; a slow pool would take minutes, and its rate is known by then. */
const DRAIN_MS = 30_000;

const memory = (): { heap: number; rss: number } => {
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, rss };
};

/** All threads are held; then very many tasks are queued: what does each cost while it waits? */
export const queued: Case = {
  name: 'queued',
  title: 'Memory of a queued small task',
  columns: ['heapBytesPerTask', 'rssBytesPerTask', 'tasksPerSecond', 'lost', 'uncaught'],
  variants: (scale) => [
    { name: `${scale.queued.toLocaleString('en')} queued`, params: { tasks: scale.queued }, ...inQuick(scale, ['piscina', 'holdfast']) },
  ],
  mostRounds: 1,
  limitMs: ({ queued: tasks, stallMs }) => tasks / 10 + DRAIN_MS + stallMs,
  async measure({ contender, threads, progress, scale }, { params }) {
    const tasks = Number(params.tasks);
    const ledger = createLedger(0);
    publishSetting({ plan: { seed: 0, rates: {} }, ledger, slowRounds: 0 });
    const pool = await contender.start({ threads });
    await Promise.all(Array.from({ length: 4 * threads }, async () => pool.run(0)));
    const seen = { settled: 0 };
    const settle = (): void => void seen.settled++;
    for (let i = 0; i < threads; i++) pool.run({ kind: 'hold', limitMs: HOLD_MS }).then(settle, settle);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const before = memory();
    // The promises are not kept: only what the pool itself needs is counted, and one reaction each.
    for (let i = 0; i < tasks; i++) pool.run(i).then(settle, settle);
    const after = memory();
    ledger.release();
    const began = performance.now();
    let moved = began;
    let last = -1;
    while (seen.settled < tasks + threads && performance.now() - moved < scale.stallMs && performance.now() - began < DRAIN_MS) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (seen.settled !== last) moved = performance.now();
      last = seen.settled;
      progress({ settled: seen.settled });
    }
    // What is still open while others go on settling is not lost.
    const lost = performance.now() - moved < scale.stallMs ? 0 : tasks + threads - seen.settled;
    const seconds = (performance.now() - began) / 1000;
    void pool.close();
    const figures = {
      heapBytesPerTask: (after.heap - before.heap) / tasks,
      rssBytesPerTask: (after.rss - before.rss) / tasks,
      tasksPerSecond: seen.settled / seconds,
      settled: seen.settled,
      lost,
    };
    return { status: lost > 0 ? ('hung' as const) : ('ok' as const), figures };
  },
};

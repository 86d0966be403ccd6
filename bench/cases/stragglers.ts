import { closedLoop } from '../drive/closed-loop.ts';
import { startsOf } from '../drive/tally.ts';
import { warmUp } from '../drive/warm-up.ts';
import { answerOf } from '../work/job.ts';
import { createLedger } from '../work/ledger.ts';
import { publishSetting } from '../work/setting.ts';
import { type Case, inQuick } from './case.ts';
import { outcomeOf } from './outcome.ts';

const TASK_MS = 4;
const STRAGGLE_MS = 200;
const RATE = 0.03;

/** One task at a time, so another thread is always idle; now and then an attempt takes fifty times as long. */
export const stragglers: Case = {
  name: 'stragglers',
  title: `Stragglers: ${RATE * 100} % of the attempts take ${STRAGGLE_MS} ms longer than ${TASK_MS} ms`,
  columns: ['p99', 'p999', 'p50', 'goodput', 'copiesPerTask', 'lost', 'wrong', 'uncaught'],
  variants: (scale) => [
    { name: 'no hedge', params: {}, ...inQuick(scale, ['piscina', 'holdfast']) },
    { name: 'hedge after p95', params: { hedge: true }, contenders: ['holdfast'] },
  ],
  limitMs: ({ seconds, stallMs }) => seconds * 10_000 + stallMs + 20_000,
  async measure(bench, { params }) {
    const { contender, threads, scale, seed, calibration } = bench;
    const tasks = Math.round((scale.seconds * 4_000) / (TASK_MS + RATE * STRAGGLE_MS));
    const ledger = createLedger(tasks);
    publishSetting({ plan: { seed, rates: { slow: RATE } }, ledger, slowRounds: Math.round(STRAGGLE_MS * calibration.roundsPerMs) });
    const holdfast = params.hedge ? { hedge: { after: 'p95', budget: 0.05 } } : {};
    const pool = await contender.start({ threads, faulty: true, holdfast });
    await warmUp(pool, scale.warmUpMs, 16, scale.stallMs);
    const rounds = Math.round(TASK_MS * calibration.roundsPerMs);
    const load = { jobOf: (id: number) => ({ kind: 'work', id, rounds }) as const, answerOf, stallMs: scale.stallMs };
    const tally = await closedLoop(pool, load, 1, { tasks });
    void pool.close();
    return outcomeOf(tally, { copiesPerTask: startsOf(ledger, tasks) / tasks });
  },
};

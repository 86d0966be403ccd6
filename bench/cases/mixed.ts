import { seeded } from '../../src/core/random.ts';
import { closedLoop } from '../drive/closed-loop.ts';
import type { Load } from '../drive/load.ts';
import { arrivals, openLoop } from '../drive/open-loop.ts';
import { warmUp } from '../drive/warm-up.ts';
import { answerOf } from '../work/job.ts';
import type { Case } from './case.ts';
import { outcomeOf } from './faults/outcome.ts';

const SHORT_MS = 0.05;
const LONG_MS = 200;
const LONG_SHARE = 0.01;
const LOAD = 0.5;
const MEAN_MS = SHORT_MS * (1 - LONG_SHARE) + LONG_MS * LONG_SHARE;

/** Short tasks among a few very long ones: does anyone wait behind one who need not? Latencies are those of the short. */
export const mixed: Case = {
  name: 'mixed',
  title: `${100 - LONG_SHARE * 100} % of ${SHORT_MS * 1000} µs and ${LONG_SHARE * 100} % of ${LONG_MS} ms: latency of the short ones`,
  columns: ['p99', 'p999', 'p50', 'tasksPerSecond', 'lost', 'wrong', 'uncaught'],
  variants: ({ name }) => [
    { name: `arrivals at ${LOAD * 100} % load`, params: { open: true } },
    ...(name === 'quick' ? [] : [{ name: '32 in flight', params: { open: false } }]),
  ],
  limitMs: ({ seconds, stallMs }) => seconds * 20_000 + stallMs + 20_000,
  async measure(bench, { params }) {
    const { contender, threads, scale, seed, calibration } = bench;
    const perSecond = (LOAD * threads * 1000) / MEAN_MS;
    const tasks = Math.round(perSecond * scale.seconds * 3);
    const random = seeded(seed);
    const long = Uint8Array.from({ length: tasks }, () => (random() < LONG_SHARE ? 1 : 0));
    const roundsOf = (id: number): number => Math.round((long[id] ? LONG_MS : SHORT_MS) * calibration.roundsPerMs);
    const pool = await contender.start({ threads });
    await warmUp(pool, bench.scale.warmUpMs);
    const load: Load = {
      jobOf: (id) => ({ kind: 'busy', id, rounds: roundsOf(id) }),
      answerOf,
      isSampled: (id) => long[id] === 0,
      stallMs: scale.stallMs,
    };
    const tally = params.open ? await openLoop(pool, load, arrivals(seed, perSecond, tasks)) : await closedLoop(pool, load, 32, { tasks });
    void pool.close();
    return outcomeOf(tally);
  },
};

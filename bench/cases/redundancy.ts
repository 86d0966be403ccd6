import { closedLoop } from '../drive/closed-loop.ts';
import { startsOf } from '../drive/tally.ts';
import { warmUp } from '../drive/warm-up.ts';
import { copiesForQuorum, idealGoodput } from '../ideal/formulas.ts';
import { measureService } from '../ideal/service.ts';
import { answerOf } from '../work/job.ts';
import { createLedger } from '../work/ledger.ts';
import { publishSetting } from '../work/setting.ts';
import { type Case, inQuick } from './case.ts';
import { outcomeOf } from './faults/outcome.ts';

const CORRUPT = 0.05;
const TASK_MS = 1;
const LEVELS = {
  off: { quorum: 1, redundancy: undefined },
  '2 of 2': { quorum: 2, redundancy: { replicas: 2, quorum: 2 } },
  '2 of 3': { quorum: 2, redundancy: 3 },
  '3 of 5': { quorum: 3, redundancy: 5 },
} as const;
type Level = keyof typeof LEVELS;
const QUICK: readonly Level[] = ['off', '2 of 3'];

/** What a bound on wrong answers costs. The ideal asks for as few copies as can agree. */
export const redundancy: Case = {
  name: 'redundancy',
  title: `Redundancy: ${CORRUPT * 100} % of the answers are corrupt`,
  columns: ['goodput', 'shareOfIdeal', 'wrong', 'copiesPerTask', 'failed', 'lost', 'p50', 'p99', 'uncaught'],
  variants: (scale) =>
    (scale.name === 'quick' ? QUICK : (Object.keys(LEVELS) as Level[])).map((level) => ({
      name: level,
      params: { level },
      ...(level === 'off' ? inQuick(scale, ['piscina', 'holdfast']) : { contenders: ['holdfast'] }),
    })),
  limitMs: ({ faultSeconds, stallMs }) => faultSeconds * 20_000 + stallMs + 20_000,
  async measure(bench, { params }) {
    const { contender, threads, scale, seed, calibration } = bench;
    const { quorum, redundancy: wanted } = LEVELS[params.level as Level];
    const tasks = Math.round((scale.faultSeconds * 1000 * threads) / TASK_MS / quorum);
    const ledger = createLedger(tasks);
    publishSetting({ plan: { seed, rates: { corrupt: CORRUPT } }, ledger, slowRounds: 0 });
    const pool = await contender.start({ threads, faulty: true, holdfast: wanted ? { redundancy: wanted } : {} });
    const rounds = Math.round(TASK_MS * calibration.roundsPerMs);
    await warmUp(pool, scale.warmUpMs, { inFlight: 16, limitMs: scale.stallMs, job: { kind: 'busy', id: 0, rounds } });
    const load = { jobOf: (id: number) => ({ kind: 'work', id, rounds }) as const, answerOf, stallMs: scale.stallMs };
    const tally = await closedLoop(pool, load, 16, { tasks });
    void pool.close();
    return outcomeOf(tally, { copiesPerTask: startsOf(ledger, tasks) / tasks });
  },
  async ideal({ threads, scale, calibration }, { params }) {
    const { quorum } = LEVELS[params.level as Level];
    const rounds = Math.round(TASK_MS * calibration.roundsPerMs);
    const serviceMs = await measureService(threads, rounds, scale.faultSeconds * 500, calibration.roundsPerMs);
    return { status: 'ok', figures: { serviceMs, goodput: idealGoodput(threads, serviceMs * copiesForQuorum(quorum, CORRUPT)) } };
  },
};

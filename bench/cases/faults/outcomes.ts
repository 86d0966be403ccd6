import { closedLoop } from '../../drive/closed-loop.ts';
import type { Tally } from '../../drive/tally.ts';
import type { Figures } from '../../results.ts';
import { answerOf } from '../../work/job.ts';
import { createLedger } from '../../work/ledger.ts';
import { publishSetting } from '../../work/setting.ts';
import type { Bench, Case, Scale, Variant } from '../case.ts';
import { FAULT_CASES, type FaultCase, needsOf, planOf, SLOW_MS, TASK_MS } from './fault-mix.ts';

const TASKS = 1_000;
const RATE = 0.05;
const IN_FLIGHT = 16;
const WHAT: Readonly<Record<FaultCase, string>> = {
  throw: 'throws',
  crash: 'throws outside its call',
  exit: 'calls process.exit()',
  oom: 'runs out of memory',
  hang: 'loops forever',
  never: 'never settles',
  slow: 'is 20 times slower',
  corrupt: 'returns a wrong result',
  startup: 'its thread does not start',
  mix: 'all of these',
};

/** What came back of the 1,000. A pool that hangs or dies answers none of those that it had not answered by then. */
export function answersOf({ settled, failed, wrong }: Pick<Tally, 'settled' | 'failed' | 'wrong'>): Figures {
  return { right: settled - failed - wrong, unanswered: TASKS - settled };
}

/** The table that comes first: no speed, only which tasks came back, and how. */
export const outcomes: Case = {
  name: 'outcomes',
  title: `What came back: of ${TASKS} tasks of ${TASK_MS} ms, with one attempt in ${1 / RATE} struck`,
  columns: ['right', 'failed', 'innocentsFailed', 'wrong', 'unanswered', 'uncaught'],
  mostRounds: 1,
  variants: ({ name }: Scale): Variant[] =>
    (name === 'quick' ? (['crash', 'hang', 'corrupt'] as const) : FAULT_CASES).map((what) => ({ name: WHAT[what], params: { what } })),
  limitMs: ({ stallMs }) => 30_000 + stallMs,
  async measure(bench: Bench, { params }) {
    const what = params.what as FaultCase;
    const { contender, threads, scale, seed, calibration } = bench;
    const ledger = createLedger(TASKS);
    publishSetting({ plan: planOf(what, RATE, seed), ledger, slowRounds: Math.round(SLOW_MS * calibration.roundsPerMs) });
    const pool = await contender.start(needsOf(what, threads));
    const rounds = Math.round(TASK_MS * calibration.roundsPerMs);
    const tally = await closedLoop(
      pool,
      {
        jobOf: (id) => ({ kind: 'work', id, rounds }),
        answerOf,
        stallMs: scale.stallMs,
        isInnocent: (id) => ledger.strikes(id) === 0,
        onProgress: ({ accepted, settled, failed, wrong, innocentsFailed }) =>
          bench.progress({ accepted, settled, failed, wrong, innocentsFailed, ...answersOf({ settled, failed, wrong }) }),
      },
      IN_FLIGHT,
      { tasks: TASKS },
    );
    void pool.close();
    const { accepted, settled, failed, wrong, innocentsFailed } = tally;
    const note = tally.errors.length > 0 ? { note: tally.errors.join(' | ').slice(0, 300) } : {};
    return {
      status: tally.stalled ? 'hung' : 'ok',
      figures: { accepted, settled, failed, wrong, innocentsFailed, lost: accepted - settled, ...answersOf(tally) },
      ...note,
    };
  },
};

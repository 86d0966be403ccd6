import { closedLoop } from '../../drive/closed-loop.ts';
import { timeToFullStrength } from '../../drive/recovery.ts';
import { watchThreads } from '../../drive/threads.ts';
import { warmUp } from '../../drive/warm-up.ts';
import { answerOf } from '../../work/job.ts';
import { createLedger } from '../../work/ledger.ts';
import { publishSetting } from '../../work/setting.ts';
import { type Case, inQuick } from '../case.ts';
import { outcomeOf } from './outcome.ts';

const MOST_TASKS = 100_000;

/** Half of all attempts kill their thread, for a while; then the faults stop: which pools are whole again, and when. */
export const storm: Case = {
  name: 'storm',
  title: 'Restart storm: half of all attempts kill their thread, then calm',
  columns: ['recoveryMs', 'goodput', 'threadDeaths', 'failed', 'innocentsFailed', 'lost', 'wrong', 'uncaught'],
  variants: (scale) => [{ name: 'crash 50 %', params: { rate: 0.5 }, ...inQuick(scale, ['holdfast', 'piscina', 'piscina+glue']) }],
  limitMs: ({ seconds, stallMs }) => seconds * 1000 + 2 * stallMs + 30_000,
  async measure(bench, { params }) {
    const { contender, threads, scale, seed, calibration } = bench;
    const ledger = createLedger(MOST_TASKS);
    publishSetting({ plan: { seed, rates: { crash: Number(params.rate) } }, ledger, slowRounds: 0 });
    const watch = watchThreads();
    const pool = await contender.start({ threads, faulty: true });
    await warmUp(pool, scale.warmUpMs, { inFlight: 16, limitMs: scale.stallMs });
    const rounds = Math.round(calibration.roundsPerMs);
    const tally = await closedLoop(
      pool,
      {
        jobOf: (id) => ({ kind: 'work', id: id % MOST_TASKS, rounds }),
        answerOf: (id) => answerOf(id % MOST_TASKS),
        stallMs: scale.stallMs,
        isInnocent: (id) => ledger.strikes(id % MOST_TASKS) === 0,
      },
      16,
      { ms: scale.seconds * 1500 },
    );
    const recoveryMs = tally.stalled ? undefined : await timeToFullStrength(pool, ledger, threads, 500, scale.stallMs);
    void pool.close();
    return outcomeOf(tally, { threadDeaths: watch.exits, ...(recoveryMs === undefined ? {} : { recoveryMs }) });
  },
};

import { closedLoop } from '../../drive/closed-loop.ts';
import { timeToFullStrength } from '../../drive/recovery.ts';
import { rerunsOf, startsOf } from '../../drive/tally.ts';
import { watchThreads } from '../../drive/threads.ts';
import { warmUp } from '../../drive/warm-up.ts';
import { measureService } from '../../ideal/service.ts';
import type { Calibration } from '../../results.ts';
import { FAULT_KINDS } from '../../work/faults.ts';
import { answerOf } from '../../work/job.ts';
import { createLedger, type Ledger } from '../../work/ledger.ts';
import { publishSetting } from '../../work/setting.ts';
import type { Bench, Case, Scale, Variant } from '../case.ts';
import { FAULT_CASES, type FaultCase, needsOf, overheadOf, planOf, SLOW_MS, TASK_MS, TIMEOUT_MS } from './fault-mix.ts';
import { outcomeOf } from './outcome.ts';

const RATES = [0.001, 0.01, 0.05, 0.1, 0.2] as const;
const QUICK: readonly (readonly [FaultCase, number])[] = [
  ['crash', 0.01],
  ['hang', 0.01],
  ['mix', 0.01],
];
/** In the quick run, everyone meets crashes; who hangs there need not show again that it does. */
const IN_QUICK: Partial<Record<FaultCase, readonly string[]>> = {
  hang: ['holdfast', 'piscina', 'piscina+glue', 'tinypool', 'workerpool'],
  mix: ['holdfast', 'piscina', 'piscina+glue'],
};
const IN_FLIGHT = 16;
const FEWEST_TASKS = 200;

const parsed = ({ params }: Variant): { what: FaultCase; rate: number } => ({ what: params.what as FaultCase, rate: Number(params.rate) });

/** As many tasks as an ideal pool would finish in the scale's time; the rarest faults get three times that. */
function tasksFor({ what, rate }: ReturnType<typeof parsed>, { scale, threads, calibration }: Omit<Bench, 'contender'>): number {
  const seconds = scale.faultSeconds * (rate < 0.005 ? 3 : 1);
  const overheadMs = expectedOverhead(what, rate, TASK_MS, calibration);
  return Math.max(FEWEST_TASKS, Math.round((seconds * threads * 1000) / (TASK_MS + overheadMs)));
}

const expectedOverhead = (what: FaultCase, rate: number, serviceMs: number, calibration: Calibration): number => {
  const { rates, startup = 0 } = planOf(what, rate, 0);
  return overheadOf(what, rates, startup, serviceMs, calibration, what === 'corrupt');
};

/** The closed form for the faults that struck in this very run, as the ledger counted them. */
function overheadHere(
  { what, rate }: ReturnType<typeof parsed>,
  ledger: Ledger,
  tasks: number,
  threadDeaths: number,
  bench: Bench,
): number {
  const starts = Math.max(1, startsOf(ledger, tasks));
  const rates = Object.fromEntries(FAULT_KINDS.map((kind) => [kind, ledger.strikesOf(kind) / starts]));
  const votes = needsOf(what, bench.threads).holdfast?.redundancy !== undefined && bench.contender.name === 'holdfast';
  const convicted = Math.min(1, threadDeaths / Math.max(1, ledger.strikesOf('corrupt')));
  return overheadOf(what, rates, what === 'startup' ? rate : 0, TASK_MS, bench.calibration, votes, convicted);
}

const nameOf = (what: FaultCase, rate: number): string => `${what} ${rate * 100} %`;

function variantOf(what: FaultCase, rate: number): Variant {
  const lower = RATES[RATES.indexOf(rate as (typeof RATES)[number]) - 1];
  return { name: nameOf(what, rate), params: { what, rate }, ...(lower === undefined ? {} : { milder: nameOf(what, lower) }) };
}

export const faults: Case = {
  name: 'faults',
  title: `Tasks of ${TASK_MS} ms under injected faults`,
  columns: ['goodput', 'shareOfIdeal', 'failed', 'innocentsFailed', 'lost', 'wrong', 'uncaught', 'p50', 'p99', 'p999', 'recoveryMs'],
  variants: ({ name }) =>
    name === 'quick'
      ? QUICK.map(([what, rate]) => ({ ...variantOf(what, rate), ...(IN_QUICK[what] ? { contenders: IN_QUICK[what] } : {}) }))
      : FAULT_CASES.flatMap((what) => RATES.map((rate) => variantOf(what, rate))),
  limitMs: ({ faultSeconds, stallMs }: Scale) => faultSeconds * 30_000 + stallMs + 30_000,
  async measure(bench, variant) {
    const { contender, threads, scale, seed, calibration } = bench;
    const { what, rate } = parsed(variant);
    const tasks = tasksFor({ what, rate }, bench);
    const ledger = createLedger(tasks);
    publishSetting({ plan: planOf(what, rate, seed), ledger, slowRounds: Math.round(SLOW_MS * calibration.roundsPerMs) });
    const watch = watchThreads();
    const pool = await contender.start(needsOf(what, threads));
    const rounds = Math.round(TASK_MS * calibration.roundsPerMs);
    await warmUp(pool, scale.warmUpMs, { inFlight: IN_FLIGHT, limitMs: scale.stallMs, job: { kind: 'busy', id: 0, rounds } });
    const tally = await closedLoop(
      pool,
      {
        jobOf: (id) => ({ kind: 'work', id, rounds }),
        answerOf,
        stallMs: scale.stallMs,
        isInnocent: (id) => ledger.strikes(id) === 0,
        onProgress: (now) => bench.progress({ accepted: now.accepted, settled: now.settled, failed: now.failed }),
      },
      IN_FLIGHT,
      { tasks },
    );
    const threadDeaths = watch.exits;
    const overheadMs = overheadHere({ what, rate }, ledger, tasks, threadDeaths, bench);
    const reruns = what === 'corrupt' ? {} : { reruns: rerunsOf(ledger, tasks) };
    const more = { ...reruns, overheadMs, copiesPerTask: startsOf(ledger, tasks) / tasks };
    const recoveryMs = tally.stalled ? undefined : await timeToFullStrength(pool, ledger, threads, TIMEOUT_MS / 2, scale.stallMs);
    void pool.close();
    return outcomeOf(tally, { ...more, threadDeaths, ...(recoveryMs === undefined ? {} : { recoveryMs }) });
  },
  async ideal({ threads, scale, calibration }, variant) {
    const { what, rate } = parsed(variant);
    const rounds = Math.round(TASK_MS * calibration.roundsPerMs);
    const serviceMs = await measureService(threads, rounds, scale.faultSeconds * 500, calibration.roundsPerMs);
    const overheadMs = expectedOverhead(what, rate, serviceMs, calibration);
    const goodput = (1000 * threads) / (serviceMs + overheadMs);
    return { status: 'ok', figures: { serviceMs, replacementMs: calibration.replacementMs, overheadMs, goodput } };
  },
};

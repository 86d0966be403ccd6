import { hash32 } from '../../../src/core/random.ts';
import { arrivals, openLoop } from '../../drive/open-loop.ts';
import type { Tally } from '../../drive/tally.ts';
import { watchThreads } from '../../drive/threads.ts';
import { type FaultPlan, faultOf } from '../../work/faults.ts';
import { answerOf, type PauseJob } from '../../work/job.ts';
import { createLedger, type Ledger } from '../../work/ledger.ts';
import { publishSetting } from '../../work/setting.ts';
import { type Case, inQuick } from '../case.ts';
import { outcomeOf } from './outcome.ts';

const TASK_MS = 5;
const SLOWER = 50;
const SHARE = 0.01;

/** What the tasks are made of, and how many threads they have. */
interface Ground {
  readonly threads: number;
  /** Tasks that arrive in a second. */
  readonly perSecond: number;
  /** Milliseconds of CPU, and of waiting, in each task. */
  readonly busyMs: number;
  readonly waitMs: number;
}

/** Share of thread time that the tasks take, slow ones included; of the time of two cores where they compute. */
const LOAD = 0.3;
/** The tasks need no core: as many threads as it takes for one to be free while others are held up. */
const WAITING: Ground = {
  threads: 16,
  perSecond: (LOAD * 16 * 1000) / (TASK_MS * (1 + SHARE * (SLOWER - 1))),
  busyMs: 0,
  waitMs: TASK_MS,
};
/** The tasks compute on two cores; a thread that is held up leaves its core to others. */
const COMPUTING: Ground = { threads: 4, perSecond: (LOAD * 2 * 1000) / TASK_MS, busyMs: TASK_MS, waitMs: 0 };
/** Tasks that run before anything is measured: the pool has to know what is usual, and to have earned something for copies. */
const FIRST = 2_000;

const hedged = { contenders: ['holdfast'] };

/**
 * Tasks come at random, and one in a hundred takes fifty times as long: because of the place where it runs, so that a copy elsewhere is
 * fast, or because it is the task that is long, so that its copy is as slow.
 */
export const stragglers: Case = {
  name: 'stragglers',
  title: `Stragglers: ${SHARE * 100} % of the tasks take ${SLOWER} times ${TASK_MS} ms; ${LOAD * 100} % load; ${WAITING.threads} threads, or ${COMPUTING.threads} where tasks compute`,
  columns: ['p999', 'p99', 'p50', 'extraLoad', 'copiesPerTask', 'threadDeaths', 'lost', 'wrong', 'uncaught'],
  variants: (scale) => [
    { name: 'slow place, no hedge', params: {}, ...inQuick(scale, ['holdfast']) },
    { name: 'slow place, hedge after p95', params: { hedge: true }, ...hedged },
    ...(scale.name === 'quick'
      ? []
      : [
          { name: 'slow task, no hedge', params: { inTask: true }, ...hedged },
          { name: 'slow task, hedge after p95', params: { inTask: true, hedge: true }, ...hedged },
          { name: 'slow place, computing, no hedge', params: { computing: true }, ...hedged },
          { name: 'slow place, computing, hedge after p95', params: { computing: true, hedge: true }, ...hedged },
        ]),
  ],
  limitMs: ({ seconds, stallMs }) => seconds * 90_000 + stallMs + 30_000,
  async measure(bench, { params }) {
    const { contender, scale, seed, calibration } = bench;
    const ground = params.computing ? COMPUTING : WAITING;
    const tasks = Math.round(scale.seconds * (params.computing ? 2_000 : 10_000));
    const ledger = createLedger(tasks + FIRST);
    const plan = { seed, rates: { slow: params.inTask ? 0 : SHARE } };
    publishSetting({ plan, ledger, slowRounds: 0 });
    const holdfast = params.hedge ? { hedge: { after: 'p95', budget: 0.05 } } : {};
    const pool = await contender.start({ threads: ground.threads, faulty: true, holdfast });
    const isLong = (id: number): boolean => params.inTask === true && hash32(seed, id) < SHARE * 2 ** 32;
    const rounds = Math.round(ground.busyMs * calibration.roundsPerMs);
    const slowMs = SLOWER * TASK_MS - ground.busyMs;
    const jobOf = (id: number): PauseJob => ({ kind: 'pause', id, rounds, ms: isLong(id) ? slowMs : ground.waitMs, slowMs });
    // The first come no faster than the others: a pool that was taught in a rush would know another p95.
    const send = (seed: number, from: number, count: number): Promise<Tally> =>
      openLoop(
        pool,
        { jobOf: (id) => jobOf(from + id), answerOf: (id) => answerOf(from + id), stallMs: scale.stallMs },
        arrivals(seed, ground.perSecond, count),
      );
    await send(seed + 1, tasks, FIRST);
    const watch = watchThreads();
    const tally = await send(seed, 0, tasks);
    // The threads there were are not watched, but each that ends is replaced by one that is.
    const threadDeaths = watch.starts;
    void pool.close();
    return outcomeOf(tally, { ...copiesOf(ledger, plan, jobOf, ground.busyMs), threadDeaths });
  },
};

/** What the copies took, if each ran to its end, beside what the first attempts took; since the pool was made, for so is its budget. */
function copiesOf(
  ledger: Ledger,
  plan: FaultPlan,
  jobOf: (id: number) => PauseJob,
  busyMs: number,
): { extraLoad: number; copiesPerTask: number } {
  let first = 0;
  let copies = 0;
  let starts = 0;
  for (let id = 0; id < ledger.tasks; id++) {
    const { ms, slowMs } = jobOf(id);
    starts += ledger.starts(id);
    for (let start = 1; start <= ledger.starts(id); start++) {
      const took = busyMs + (faultOf(plan, id, start) === 'slow' ? slowMs : ms);
      if (start === 1) first += took;
      else copies += took;
    }
  }
  return { extraLoad: copies / first, copiesPerTask: starts / ledger.tasks };
}

import { hash32 } from '../../src/core/random.ts';
import { closedLoop } from '../drive/closed-loop.ts';
import { arrivals, openLoop } from '../drive/open-loop.ts';
import { watchThreads } from '../drive/threads.ts';
import { type FaultPlan, faultOf } from '../work/faults.ts';
import { answerOf, type PauseJob } from '../work/job.ts';
import { createLedger, type Ledger } from '../work/ledger.ts';
import { publishSetting } from '../work/setting.ts';
import { type Case, inQuick } from './case.ts';
import { outcomeOf } from './outcome.ts';

const TASK_MS = 2;
const SLOWER = 50;
const SHARE = 0.01;
/** Enough that one is free while others are held up; the tasks need no core. */
const THREADS = 8;
/** Share of thread time that the tasks take, slow ones included. */
const LOAD = 0.35;
/** So many run before anything is measured: the pool has to know what is usual. */
const FIRST = 400;

/**
 * Tasks come at random, and one in a hundred takes fifty times as long: because of the place where it runs, so that a copy elsewhere is
 * fast, or because it is the task that is long, so that its copy is as slow.
 */
export const stragglers: Case = {
  name: 'stragglers',
  title: `Stragglers: ${SHARE * 100} % of the tasks take ${SLOWER} times ${TASK_MS} ms; ${THREADS} threads, ${LOAD * 100} % load`,
  columns: ['p999', 'p99', 'p50', 'extraLoad', 'copiesPerTask', 'threadDeaths', 'lost', 'wrong', 'uncaught'],
  variants: (scale) => [
    { name: 'slow place, no hedge', params: {}, ...inQuick(scale, ['holdfast']) },
    { name: 'slow place, hedge after p95', params: { hedge: true }, contenders: ['holdfast'] },
    ...(scale.name === 'quick' ? [] : [{ name: 'slow task, no hedge', params: { inTask: true } }]),
    { name: 'slow task, hedge after p95', params: { inTask: true, hedge: true }, contenders: ['holdfast'] },
  ],
  limitMs: ({ seconds, stallMs }) => seconds * 30_000 + stallMs + 20_000,
  async measure(bench, { params }) {
    const { contender, scale, seed } = bench;
    const tasks = Math.round(scale.seconds * 10_000);
    const perSecond = (LOAD * THREADS * 1000) / (TASK_MS * (1 + SHARE * (SLOWER - 1)));
    const ledger = createLedger(tasks + FIRST);
    const plan = { seed, rates: { slow: params.inTask ? 0 : SHARE } };
    publishSetting({ plan, ledger, slowRounds: 0 });
    const holdfast = params.hedge ? { hedge: { after: 'p95', budget: 0.05 } } : {};
    const pool = await contender.start({ threads: THREADS, faulty: true, holdfast });
    const isLong = (id: number): boolean => params.inTask === true && hash32(seed, id) < SHARE * 2 ** 32;
    const jobOf = (id: number): PauseJob => ({
      kind: 'pause',
      id,
      ms: isLong(id) ? SLOWER * TASK_MS : TASK_MS,
      slowMs: SLOWER * TASK_MS,
    });
    const load = { answerOf: (id: number) => answerOf(id), stallMs: scale.stallMs };
    const first = { jobOf: (id: number) => jobOf(tasks + id), answerOf: (id: number) => answerOf(tasks + id), stallMs: scale.stallMs };
    await closedLoop(pool, first, THREADS / 2, { tasks: FIRST });
    const watch = watchThreads();
    const tally = await openLoop(pool, { ...load, jobOf }, arrivals(seed, perSecond, tasks));
    // The threads there were are not watched, but each that ends is replaced by one that is.
    const threadDeaths = watch.starts;
    void pool.close();
    return outcomeOf(tally, { ...copiesOf(ledger, plan, jobOf), threadDeaths });
  },
};

/** What the copies took, if each ran to its end, beside what the first attempts took; since the pool was made, for so is its budget. */
function copiesOf(ledger: Ledger, plan: FaultPlan, jobOf: (id: number) => PauseJob): { extraLoad: number; copiesPerTask: number } {
  let first = 0;
  let copies = 0;
  let starts = 0;
  for (let id = 0; id < ledger.tasks; id++) {
    const { ms, slowMs } = jobOf(id);
    starts += ledger.starts(id);
    for (let start = 1; start <= ledger.starts(id); start++) {
      const took = faultOf(plan, id, start) === 'slow' ? slowMs : ms;
      if (start === 1) first += took;
      else copies += took;
    }
  }
  return { extraLoad: copies / first, copiesPerTask: starts / ledger.tasks };
}

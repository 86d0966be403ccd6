import type { PoolUnderTest } from '../contenders/contender.ts';
import { closedLoop } from '../drive/closed-loop.ts';
import type { MakeJob } from '../work/job.ts';
import type { Case } from './case.ts';
import { outcomeOf } from './faults/outcome.ts';

const IN_FLIGHT = 2;
const RESULTS: readonly { name: string; what: MakeJob['what']; length: number }[] = [
  { name: '45,000 objects', what: 'objects', length: 45_000 },
  { name: 'text of 15 MB', what: 'text', length: 15_000_000 },
  { name: '10 MB of numbers', what: 'numbers', length: 1_250_000 },
];

/** Large results of copies: sealed in their threads, or each read by the main thread, as a tolerance of nothing makes it do. */
export const large: Case = {
  name: 'large',
  title: 'Large results in triplicate, no faults',
  columns: ['tasksPerSecond', 'p50', 'p99', 'lost', 'wrong', 'uncaught'],
  variants: ({ name }) =>
    name === 'quick'
      ? []
      : RESULTS.flatMap(({ name, what, length }) =>
          ['sealed', 'all read'].map((how) => ({ name: `${name}, ${how}`, params: { what, length, how }, contenders: ['holdfast'] })),
        ),
  limitMs: ({ seconds, stallMs }) => seconds * 1000 + stallMs + 30_000,
  async measure({ contender, threads, scale }, { params }) {
    const equal = params.how === 'sealed' ? ('exact' as const) : { abs: 0, rel: 0 };
    const pool = await contender.start({ threads, holdfast: { redundancy: { replicas: 3, quorum: 2, equal } } });
    const length = Number(params.length);
    const jobOf = (id: number): MakeJob => ({ kind: 'make', id, what: params.what as MakeJob['what'], length });
    // Only the length of what comes back is looked at: comparing it all would be more work than what is measured.
    const measured: PoolUnderTest = { ...pool, run: async (job) => ((await pool.run(job)) as ArrayLike<unknown>).length };
    const load = { jobOf, answerOf: () => length, stallMs: scale.stallMs };
    await closedLoop(measured, load, IN_FLIGHT, { tasks: 10 });
    const tally = await closedLoop(measured, load, IN_FLIGHT, { ms: scale.seconds * 2000 });
    void pool.close();
    return outcomeOf(tally);
  },
};

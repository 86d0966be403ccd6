import { closedLoop } from '../drive/closed-loop.ts';
import { figuresOf } from '../drive/tally.ts';
import { warmUp } from '../drive/warm-up.ts';
import type { Bench, Case, Outcome, Variant } from './case.ts';
import { outcomeOf } from './faults/outcome.ts';

const SAMPLE_EVERY = 16;

/** Tasks that do nothing: all that is seen is the pool. */
export const noop: Case = {
  name: 'noop',
  title: 'No-op tasks, so many in flight',
  columns: ['tasksPerSecond', 'p50', 'p99', 'p999', 'lost', 'wrong', 'uncaught'],
  variants: ({ name }) =>
    (name === 'quick' ? [256] : [1, 16, 256, 4096]).map((inFlight) => ({ name: `${inFlight} in flight`, params: { inFlight } })),
  limitMs: ({ seconds, stallMs }) => seconds * 1000 + stallMs + 20_000,
  measure: (bench, variant) => flow(bench, variant, () => ({ jobOf: (id) => id, answerOf: (id) => id }), SAMPLE_EVERY),
};

/** One after another: what a caller waits for a single task. */
export const sequential: Case = {
  name: 'sequential',
  title: 'No-op tasks, one after another',
  columns: ['p50', 'p99', 'p999', 'tasksPerSecond', 'lost', 'uncaught'],
  variants: () => [{ name: 'await each', params: { inFlight: 1 } }],
  limitMs: ({ seconds, stallMs }) => seconds * 1000 + stallMs + 20_000,
  measure: (bench, variant) => flow(bench, variant, () => ({ jobOf: (id) => id, answerOf: (id) => id }), 1),
};

type Work = Pick<Parameters<typeof closedLoop>[1], 'jobOf' | 'answerOf' | 'transferOf'>;

/** A steady flow of one kind of job for the scale's seconds. */
export async function flow(bench: Bench, variant: Variant, workOf: () => Work, sampleEvery: number): Promise<Outcome> {
  const { contender, threads, scale } = bench;
  const pool = await contender.start({ threads });
  const work = workOf();
  const job = work.jobOf(0);
  const isBusy = typeof job === 'object' && job.kind === 'busy';
  await warmUp(pool, scale.warmUpMs, isBusy ? { inFlight: 4 * threads, job } : {});
  const onProgress = (tally: Parameters<typeof figuresOf>[0]): void => bench.progress(figuresOf(tally));
  const load = { ...work, sampleEvery, stallMs: scale.stallMs, onProgress };
  const tally = await closedLoop(pool, load, Number(variant.params.inFlight), { ms: scale.seconds * 1000 });
  void pool.close();
  return outcomeOf(tally);
}

import { closedLoop } from '../drive/closed-loop.ts';
import { memoryOfFamily } from '../drive/memory.ts';
import { warmUp } from '../drive/warm-up.ts';
import { answerOf, type Job } from '../work/job.ts';
import type { Bench, Case, Outcome, Variant } from './case.ts';
import { outcomeOf } from './faults/outcome.ts';

const WHO = ['holdfast', 'holdfast cells'];

const VARIANTS: readonly Variant[] = [
  { name: 'no-op, 256 in flight', params: { inFlight: 256 }, contenders: WHO },
  { name: 'no-op, one after another', params: { inFlight: 1 }, contenders: WHO },
  { name: '100 kB there', params: { inFlight: 16, bytes: 100_000 }, contenders: WHO },
  { name: '10 MB there', params: { inFlight: 4, bytes: 10_000_000 }, contenders: WHO },
  { name: '5 ms of CPU', params: { inFlight: 16, ms: 5 }, contenders: WHO },
  { name: 'start, idle', params: { inFlight: 0 }, contenders: WHO },
];

/** Threads of this process beside threads of child processes: what isolation costs. */
export const cells: Case = {
  name: 'cells',
  title: 'Threads beside cells',
  columns: ['tasksPerSecond', 'p50', 'p99', 'megabytesPerSecond', 'startMs', 'bytesPerThread', 'lost', 'wrong', 'uncaught'],
  variants: ({ name }) =>
    name === 'quick' ? VARIANTS.filter((one) => one.params.inFlight === 256 || one.params.ms !== undefined) : VARIANTS,
  limitMs: ({ seconds, stallMs }) => seconds * 1000 + stallMs + 30_000,
  measure: (bench, variant) => (variant.params.inFlight === 0 ? idle(bench) : load(bench, variant)),
};

/** All threads and the spare, with nothing to do; the first results tell that they are there. */
async function idle({ contender, threads }: Bench): Promise<Outcome> {
  const before = memoryOfFamily();
  const began = performance.now();
  const pool = await contender.start({ threads });
  await Promise.all(Array.from({ length: threads }, async (_, id) => pool.run(id)));
  const startMs = performance.now() - began;
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const after = memoryOfFamily();
  void pool.close();
  const known = before !== undefined && after !== undefined;
  return { status: 'ok', figures: { startMs, ...(known ? { bytesPerThread: (after - before) / (threads + 1) } : {}) } };
}

async function load({ contender, threads, scale, calibration }: Bench, { params }: Variant): Promise<Outcome> {
  const pool = await contender.start({ threads });
  await warmUp(pool, scale.warmUpMs);
  const bytes = Number(params.bytes ?? 0);
  const rounds = Math.round(Number(params.ms ?? 0) * calibration.roundsPerMs);
  const source = new Uint8Array(bytes).fill(7);
  const jobOf = (id: number): Job => (bytes > 0 ? { kind: 'payload', bytes: source } : rounds > 0 ? { kind: 'busy', id, rounds } : id);
  const rightOf = (id: number): number => (bytes > 0 ? bytes : rounds > 0 ? answerOf(id) : id);
  const work = { jobOf, answerOf: rightOf, sampleEvery: params.inFlight === 256 ? 16 : 1, stallMs: scale.stallMs };
  const tally = await closedLoop(pool, work, Number(params.inFlight), { ms: scale.seconds * 1000 });
  void pool.close();
  return outcomeOf(tally, bytes > 0 ? { megabytesPerSecond: (tally.right * bytes) / 1e6 / (tally.elapsedMs / 1000) } : {});
}

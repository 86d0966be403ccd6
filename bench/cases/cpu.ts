import { idealGoodput } from '../ideal/formulas.ts';
import { measureService } from '../ideal/service.ts';
import { answerOf } from '../work/job.ts';
import type { Case, Variant } from './case.ts';
import { flow } from './noop.ts';

const roundsOf = (variant: Variant, roundsPerMs: number): number => Math.round(Number(variant.params.ms) * roundsPerMs);

/** Honest work of several lengths, no faults: how much of the cores is left for it. */
export const cpu: Case = {
  name: 'cpu',
  title: 'CPU-bound tasks without faults',
  columns: ['goodput', 'shareOfIdeal', 'p50', 'p99', 'p999', 'lost', 'wrong', 'uncaught'],
  variants: ({ name }) =>
    (name === 'quick' ? [1, 5] : [0.1, 1, 5, 10, 100]).map((ms) => ({ name: `${ms} ms`, params: { ms, inFlight: 16 } })),
  limitMs: ({ seconds, stallMs }) => seconds * 1000 + stallMs + 20_000,
  measure: (bench, variant) => {
    const rounds = roundsOf(variant, bench.calibration.roundsPerMs);
    return flow(bench, variant, () => ({ jobOf: (id) => ({ kind: 'busy', id, rounds }), answerOf }), 1);
  },
  async ideal({ threads, scale, calibration }, variant) {
    const rounds = roundsOf(variant, calibration.roundsPerMs);
    const serviceMs = await measureService(threads, rounds, scale.seconds * 500, calibration.roundsPerMs);
    return { status: 'ok', figures: { serviceMs, goodput: idealGoodput(threads, serviceMs) } };
  },
};

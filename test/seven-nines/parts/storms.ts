import { storm } from '../../../src/plan/formulas/retries.ts';
import { atLeast, type Effort, type Row, repeated } from '../comparison.ts';
import { stormRun } from '../trials/storm.ts';
import { estimate } from '../world/stats.ts';

export const FAILING = [0.01, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6] as const;
const LOADS = [0.6, 0.8] as const;
export const STORM = { service: 10, retries: 3, threads: 8 } as const;

/** Throwing attempts, from 1 to 60 %, at two loads, with the default retry budget and with none. */
export async function stormRows(effort: Effort, failing: readonly number[] = FAILING, loads: readonly number[] = LOADS): Promise<Row[]> {
  const rows: Row[] = [];
  const { service, retries } = STORM;
  for (const load of loads)
    for (const retryBudget of [0.4, 1])
      for (const p of failing) {
        const setting = { ...STORM, load, failing: p, retryBudget, time: 8_000 * Math.max(0.12, Math.min(1, effort.share)) };
        const outcomes = await repeated(atLeast(4, 4, effort), effort.seed, (seed) => stormRun(seed, setting));
        const expected = storm(
          load,
          { service, classes: [{ chance: p, found: service, replaced: 0 }], attempts: retries + 1 },
          retryBudget,
        );
        const where = { table: 'storm', x: p, unit: 'percent', exact: false } as const;
        const what = `load ${load * 100} %, budget ${retryBudget}, ${p * 100} % fail`;
        const series = `${load} ${retryBudget}`;
        rows.push(
          {
            ...where,
            what: `${what}: begun`,
            series: `begun ${series}`,
            forecast: expected.begun,
            simulated: estimate(outcomes.map(({ begun }) => begun)),
          },
          {
            ...where,
            what: `${what}: fulfilled`,
            series: `fulfilled ${series}`,
            forecast: expected.fulfilled,
            simulated: estimate(outcomes.map(({ fulfilled }) => fulfilled)),
          },
        );
      }
  return rows;
}

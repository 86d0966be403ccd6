import assert from 'node:assert/strict';
import type { Row } from './comparison.ts';
import { distance } from './world/stats.ts';

/** In half widths of an interval of 95 %: what chance alone does not do in a million comparisons. */
const FAR = 2.5;
/** A system of a few threads is this much off a limit for large ones, as a share. */
const SMALL = 0.03;

/** Whether the forecast lies in the interval, widened as far as its formula is a limit only. */
export function agrees(row: Row): boolean {
  if (distance(row) <= FAR) return true;
  return !row.exact && Math.abs(row.forecast - row.simulated.mean) <= FAR * row.simulated.half + SMALL * row.forecast;
}

/** Holds calculation and simulation together. */
export function assertAgree(rows: readonly Row[]): void {
  const apart = rows.filter((row) => !agrees(row)).map(({ what, forecast, simulated }) => ({ what, forecast, simulated }));
  assert.deepEqual(apart, []);
}

/** A forecast that is wrong by this much must be seen to be wrong: else the comparison shows nothing. */
export function assertNoticed(rows: readonly Row[], factor: number): void {
  const wrong = rows.filter(({ forecast }) => forecast > 0).map((row) => ({ ...row, forecast: row.forecast * factor }));
  assert.ok(
    wrong.some((row) => !agrees(row)),
    `forecasts times ${factor} agree as well`,
  );
}

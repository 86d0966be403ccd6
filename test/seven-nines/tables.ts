import { numberText, shareText, timeText } from '../../src/plan/quantity/text.ts';
import type { Row, Unit } from './comparison.ts';

function text(value: number, unit: Unit): string {
  if (unit === 'ms') return timeText(value);
  if (unit === 'share') return shareText(value);
  if (unit === 'percent') return `${(value * 100).toFixed(1)} %`;
  return unit === 'copies' || unit === 'times' ? value.toFixed(3) : numberText(Number(value.toPrecision(4)));
}

/** As many digits of the interval as say something. */
function halfText(half: number, unit: Unit): string {
  if (half === 0) return '0';
  return unit === 'percent' ? `${(half * 100).toFixed(1)} %` : text(Number(half.toPrecision(2)), unit);
}

/** Rows of one table, as Markdown. */
export function table(rows: readonly Row[]): string {
  const lines = rows.map(
    ({ what, unit, forecast, simulated }) =>
      `| ${what} | ${text(forecast, unit)} | ${text(simulated.mean, unit)} ± ${halfText(simulated.half, unit)} | ${numberText(simulated.samples)} |`,
  );
  return ['| what | forecast | simulated (95 %) | samples |', '|---|---:|---:|---:|', ...lines].join('\n');
}

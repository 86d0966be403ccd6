import { DAY, YEAR } from './time.ts';

/** Three significant digits, groups of three, and a power of ten where it is far from 1. */
export function numberText(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  if (Math.abs(value) < 0.001) return value.toExponential(3).replace(/\.?0+e/, 'e');
  if (Math.abs(value) >= 1e9) return value.toExponential(2).replace(/\.?0+e\+?/, 'e');
  return Number(value.toPrecision(value >= 100 ? Math.max(3, Math.ceil(Math.log10(value + 0.5))) : 3)).toLocaleString('en', {
    maximumFractionDigits: 6,
  });
}

const STEPS: readonly (readonly [ms: number, name: string])[] = [
  [YEAR, 'years'],
  [DAY, 'days'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
  [1, 'ms'],
  [1e-3, 'µs'],
];

/** A time in the unit in which it is at least 1. */
export function timeText(ms: number): string {
  if (ms === 0) return '0 s';
  if (ms < 1e-6) return 'under 1 ns';
  if (!Number.isFinite(ms)) return 'forever';
  const [unit, name] = STEPS.find(([step]) => ms >= step * 0.9995) ?? STEPS.at(-1)!;
  const value = numberText(ms / unit);
  return `${value} ${value === '1' && name.length > 3 ? name.slice(0, -1) : name}`;
}

/** A share in per cent, or as a power of ten where that is clearer. */
export function shareText(share: number): string {
  if (share === 0) return '0';
  if (share < 1e-20) return 'under 1e-20';
  return share < 1e-4 ? numberText(share) : `${Number((share * 100).toPrecision(3))} %`;
}

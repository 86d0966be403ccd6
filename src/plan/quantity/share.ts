import { largeNumberOf, numberOf } from './number.ts';
import { outOfRange, refuse } from './refuse.ts';

const EXPECTED = 'a share from 0 to 1, such as 0.01, 0.1 %, 1e-6, 1/1000, 1 in 1000 or 5 ppm';
const PARTS: readonly (readonly [ending: RegExp, whole: number])[] = [
  [/\s*(?:%|percent|per cent)$/i, 100],
  [/\s*‰$/, 1_000],
  [/\s*ppm$/i, 1e6],
  [/\s*ppb$/i, 1e9],
];

function written(text: string): number | undefined {
  for (const [ending, whole] of PARTS) {
    if (!ending.test(text)) continue;
    const value = numberOf(text.replace(ending, ''));
    return value === undefined ? undefined : value / whole;
  }
  const [, of, whole] = /^(.+?)(?:\s*\/\s*|\s+(?:in|of|out of)\s+)(.+)$/i.exec(text) ?? [];
  if (of === undefined) return numberOf(text);
  const [above, below] = [largeNumberOf(of), largeNumberOf(whole!)];
  return above === undefined || below === undefined ? undefined : above / below;
}

/** A number from 0 to 1. @throws {InvalidOptionError} `ERR_INVALID_OPTION` */
export function share(given: unknown, name: string): number {
  if (typeof given !== 'number' && typeof given !== 'string') return refuse(name, EXPECTED, given);
  const value = typeof given === 'number' ? given : written(given.trim());
  if (value === undefined) return refuse(name, EXPECTED, given);
  return value >= 0 && value <= 1 ? value : outOfRange(name, EXPECTED, given);
}

const NINES = 'a number of nines from 1 to 15, such as 7, or an availability such as 99.99 %';

/** How many nines: `7`, `7 nines`, or `99.99999 %`. @throws {InvalidOptionError} `ERR_INVALID_OPTION` */
export function nines(given: unknown, name: string): number {
  if (typeof given === 'string') {
    const text = given.trim();
    if (text.endsWith('%')) {
      const up = written(text);
      if (up === undefined) return refuse(name, NINES, given);
      // Rounded: in binary, 1 less 0.99999 is not quite a hundred-thousandth.
      const found = Math.round(-Math.log10(1 - up) * 1e6) / 1e6;
      return found >= 1 && found <= 15 ? found : outOfRange(name, NINES, given);
    }
    const value = numberOf(text.replace(/\s*nines?$/i, ''));
    if (value === undefined) return refuse(name, NINES, given);
    return value >= 1 && value <= 15 ? value : outOfRange(name, NINES, given);
  }
  if (typeof given !== 'number') return refuse(name, NINES, given);
  return given >= 1 && given <= 15 ? given : outOfRange(name, NINES, given);
}

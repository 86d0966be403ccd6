/**
 * Wrong values that look like right ones. Each is different from the right one, and different again for every `variant`
 * (a whole number from 0), as long as the type has so many values.
 */

const TOO_LARGE = 2 ** 900;
/** Larger 32-bit floats would overflow. */
const FLOAT32_TOO_LARGE = 1e30;
const DAY = 86_400_000;
const LETTERS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Off by at least the value's own size, so that no sensible tolerance takes it for a rounding error. Whole numbers stay whole. */
export function wrongNumber(value: number, variant: number): number {
  if (!Number.isFinite(value)) return 1 + variant;
  const size = Math.abs(value);
  if (size > TOO_LARGE) return value / 2 ** (1 + variant);
  return value + 2 ** Math.ceil(Math.log2(Math.max(1, size))) * (1 + variant);
}

export function wrongBigInt(value: bigint, variant: number): bigint {
  const size = value < 0n ? -value : value;
  return value + (size > 1n ? size : 1n) * BigInt(1 + variant);
}

/** One letter is another; the length stays as long as there are letters enough. */
export function wrongText(value: string, place: number, variant: number): string {
  const others = LETTERS.length - 1;
  const more = LETTERS.slice(0, 1).repeat(Math.floor(variant / others));
  if (value === '') return LETTERS.charAt(1 + (variant % others)) + more;
  const at = place % value.length;
  const letter = LETTERS[(LETTERS.indexOf(value.charAt(at)) + 1 + (variant % others)) % LETTERS.length];
  return value.slice(0, at) + letter + value.slice(at + 1) + more;
}

/** Milliseconds since 1970, moved by days towards 1970 and beyond. */
export function wrongTime(time: number, variant: number): number {
  if (Number.isNaN(time)) return variant;
  return time + (time > 0 ? -DAY : DAY) * (1 + variant);
}

/** Whole numbers go through all other values of their width; floats are off by their own size. */
export function wrongElement(elements: NodeJS.TypedArray, at: number, variant: number): number | bigint {
  const value = elements[at] as number | bigint;
  if (typeof value === 'bigint') return value ^ BigInt(1 + variant);
  if (elements instanceof Float64Array) return wrongNumber(value, variant);
  if (elements instanceof Float32Array) return Math.abs(value) > FLOAT32_TOO_LARGE ? variant : wrongNumber(value, variant);
  const values = 2 ** Math.min(8 * elements.BYTES_PER_ELEMENT, 31);
  return value ^ (1 + (variant % (values - 1)));
}

/** A whole number with its thousands set apart. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** A number in four or five characters: 950, 12.3k, 1.31M. */
export function short(value: number): string {
  const size = Math.abs(value);
  if (size < 10 && size > 0 && !Number.isInteger(value)) return value.toFixed(1);
  if (size < 10_000) return count(value);
  if (size < 1_000_000) return `${(value / 1_000).toFixed(size < 100_000 ? 1 : 0)}k`;
  return `${(value / 1_000_000).toFixed(size < 10_000_000 ? 2 : 1)}M`;
}

/** A length of time in the unit that suits it. */
export function time(ms: number | null): string {
  if (ms === null) return '–';
  if (ms < 1) return `${Math.max(1, Math.round(ms * 1_000))} µs`;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 120_000) return `${Math.round(ms / 1_000)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return `${(ms / 3_600_000).toFixed(1)} h`;
}

/** Where a thread was; one that stands by, or has not begun, is in no slot. */
export const place = (slot: number): string => (slot < 0 ? 'no slot' : `slot ${slot}`);

export function clock(wall: number): string {
  return new Date(wall).toLocaleTimeString('en-GB');
}

export function bytes(value: number): string {
  if (value < 1_024) return `${value} bytes`;
  return value < 1_048_576 ? `${Math.round(value / 1_024)} kB` : `${(value / 1_048_576).toFixed(1)} MB`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Text of a task with what cannot be seen in it made visible: it could turn the direction of what stands behind it around. */
export function plain(text: string): string {
  return text.replace(HIDDEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Control characters, and those that turn the direction of text around; line feeds and tabs are left alone. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text from a task, a file or another program, with its control characters shown instead of sent: a terminal obeys them. */
export function shown(text: string): string {
  return text.replace(CONTROLS, (control) => {
    const code = control.charCodeAt(0);
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`;
  });
}

/** A whole number with its thousands set apart. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** A rate in lines a second, with as many digits as it deserves. */
export function perSecond(rate: number): string {
  return `${rate >= 10 ? count(rate) : rate.toFixed(rate >= 1 ? 1 : 2)}/s`;
}

const UNITS: readonly (readonly [name: string, seconds: number])[] = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
];

/** A length of time in its two largest units: `2d 3h`, `5m 12s`, `7s`. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds >= 100 * 86_400) return 'more than 99d';
  const first = UNITS.findIndex(([, size]) => seconds >= size);
  if (first === -1) return '0s';
  const [name, size] = UNITS[first]!;
  const next = UNITS[first + 1];
  const rest = next === undefined ? 0 : Math.floor((seconds % size) / next[1]);
  return `${Math.floor(seconds / size)}${name}${rest > 0 ? ` ${rest}${next![0]}` : ''}`;
}

/** `1 line`, `2 lines`. */
export function lines(value: number): string {
  return `${count(value)} line${value === 1 ? '' : 's'}`;
}

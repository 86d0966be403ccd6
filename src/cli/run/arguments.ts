import { InvalidArgumentError } from 'commander';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const SIZES: Readonly<Record<string, number>> = { b: 1, k: 1_024, m: 1_048_576, g: 1_073_741_824 };

/** `500ms`, `30s`, `5m`, `1h` as milliseconds; `none` as no limit. A number alone is not guessed at. */
export function time(text: string): number {
  if (text === 'none') return Number.POSITIVE_INFINITY;
  if (/^\d+(?:\.\d+)?$/.test(text)) throw new InvalidArgumentError(`Expected a time with its unit: ${text}s or ${text}ms?`);
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  const ms = Math.round(Number(number) * UNITS[unit]!);
  if (number === undefined || ms < 1) throw new InvalidArgumentError('Expected a time such as 500ms, 30s, 5m, 1h or none.');
  return ms;
}

/** `always`, `never`, or a time. */
export function sync(text: string): number | 'always' | 'never' {
  return text === 'always' || text === 'never' ? text : time(text);
}

/** `1000`, `64k`, `16m` as bytes. */
export function size(text: string): number {
  const [, number, unit = 'b'] = /^(\d+)([bkmg])?$/i.exec(text) ?? [];
  if (number === undefined) throw new InvalidArgumentError('Expected a size such as 1000, 64k or 16m.');
  return Number(number) * SIZES[unit.toLowerCase()]!;
}

/** A whole number, from 0. */
export function whole(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Expected a whole number.');
  return Number(text);
}

/** `10` dead letters, `5%` of what is finished, or `never`. */
export function halt(text: string): 'never' | { failed: number } | { share: number } {
  if (text === 'never') return text;
  const [, number, percent] = /^(\d+(?:\.\d+)?)(%)?$/.exec(text) ?? [];
  const value = Number(number);
  const good = percent === '%' ? value > 0 && value <= 100 : Number.isInteger(value) && value >= 1;
  if (!good) throw new InvalidArgumentError('Expected a number of dead letters such as 10, a share such as 5%, or never.');
  return percent === '%' ? { share: value / 100 } : { failed: value };
}

/** `1%` or `0.01`. */
export function share(text: string): number {
  const value = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text);
  if (text.trim() === '' || !(value > 0 && value <= 1)) throw new InvalidArgumentError('Expected a share such as 1% or 0.01.');
  return value;
}

/** A size of memory as whole megabytes. */
export function megabytes(text: string): number {
  const bytes = /^\d+[bkmg]$/i.test(text) ? size(text) : 0;
  if (bytes < SIZES.m!) throw new InvalidArgumentError('Expected a size of at least a megabyte, such as 200m or 1g.');
  return Math.floor(bytes / SIZES.m!);
}

/** A list of names with commas between. */
export function list(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}

/** `9464` or `0.0.0.0:9464`. */
export function endpoint(text: string): { host: string; port: number } {
  const [, host = '127.0.0.1', port] = /^(?:(.+):)?(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535) throw new InvalidArgumentError('Expected a port, or host:port.');
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}

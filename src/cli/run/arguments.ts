import { InvalidArgumentError } from 'commander';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const SIZES: Readonly<Record<string, number>> = { b: 1, k: 1_024, m: 1_048_576 };

/** `500`, `500ms`, `30s`, `5m`, `1h` as milliseconds; `none` as no limit. */
export function time(text: string): number {
  if (text === 'none') return Number.POSITIVE_INFINITY;
  const [, number, unit = 'ms'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
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
  const [, number, unit = 'b'] = /^(\d+)([bkm])?$/i.exec(text) ?? [];
  if (number === undefined) throw new InvalidArgumentError('Expected a size such as 1000, 64k or 16m.');
  return Number(number) * SIZES[unit.toLowerCase()]!;
}

/** A whole number, from 0. */
export function whole(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Expected a whole number.');
  return Number(text);
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

import type { FigureName } from '../results.ts';

interface FigureText {
  readonly label: string;
  readonly unit: '1/s' | 'ms' | '%' | 'count' | 'bytes' | 'MB' | 'MB/s' | 'x';
}

/** How each figure is called in tables and charts. */
export const FIGURE_TEXT: Readonly<Record<FigureName, FigureText>> = {
  tasksPerSecond: { label: 'tasks/s', unit: '1/s' },
  goodput: { label: 'goodput/s', unit: '1/s' },
  shareOfIdeal: { label: 'of ideal', unit: '%' },
  overheadMs: { label: 'fault ms/task', unit: 'ms' },
  megabytesPerSecond: { label: 'MB/s', unit: 'MB/s' },
  accepted: { label: 'accepted', unit: 'count' },
  settled: { label: 'settled', unit: 'count' },
  right: { label: 'right', unit: 'count' },
  unanswered: { label: 'unanswered', unit: 'count' },
  failed: { label: 'failed', unit: 'count' },
  lost: { label: 'lost', unit: 'count' },
  wrong: { label: 'wrong', unit: 'count' },
  duplicated: { label: 'dupl.', unit: 'count' },
  innocentsFailed: { label: 'innocent', unit: 'count' },
  reruns: { label: 'reruns', unit: 'count' },
  uncaught: { label: 'uncaught', unit: 'count' },
  p50: { label: 'p50 ms', unit: 'ms' },
  p99: { label: 'p99 ms', unit: 'ms' },
  p999: { label: 'p99.9 ms', unit: 'ms' },
  recoveryMs: { label: 'whole ms', unit: 'ms' },
  threadDeaths: { label: 'deaths', unit: 'count' },
  heapBytesPerTask: { label: 'heap B/task', unit: 'bytes' },
  rssBytesPerTask: { label: 'rss B/task', unit: 'bytes' },
  rssBytesPerDeath: { label: 'rss B/death', unit: 'bytes' },
  rssGrowthMb: { label: 'rss +MB', unit: 'MB' },
  takeoverMs: { label: 'take-over ms', unit: 'ms' },
  takeoverFromDeathMs: { label: 'from death ms', unit: 'ms' },
  takeoverP99Ms: { label: 'its p99', unit: 'ms' },
  fromDeathP99Ms: { label: 'its p99', unit: 'ms' },
  ofBare: { label: 'of bare', unit: 'x' },
  ofBareLow: { label: 'from', unit: 'x' },
  ofBareHigh: { label: 'to', unit: 'x' },
  p50OfBare: { label: 'p50 of bare', unit: 'x' },
  cpuOfBare: { label: 'CPU of bare', unit: 'x' },
  cpuMicros: { label: 'CPU µs/call', unit: 'x' },
  copiesPerTask: { label: 'starts/task', unit: 'x' },
  extraLoad: { label: 'extra load', unit: '%' },
  startMs: { label: 'pool start ms', unit: 'ms' },
  bytesPerThread: { label: 'B/thread', unit: 'bytes' },
  othersCores: { label: 'others, cores', unit: 'x' },
  serviceMs: { label: 'service ms', unit: 'ms' },
  replacementMs: { label: 'start ms', unit: 'ms' },
};

/** A number short enough for a table: three significant digits or so, thousands as k and M. */
export function short(value: number, unit: FigureText['unit'] = 'count'): string {
  if (Number.isNaN(value)) return '-';
  if (unit === '%') return `${(value * 100).toFixed(1)} %`;
  if (unit === 'count') return Math.round(value).toLocaleString('en');
  if (unit === 'bytes') return Math.round(value).toLocaleString('en');
  const size = Math.abs(value);
  if (size >= 1e6) return `${(value / 1e6).toFixed(2)} M`;
  if (size >= 10_000) return `${(value / 1000).toFixed(1)} k`;
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  return size >= 1 ? value.toFixed(2) : value.toFixed(3);
}

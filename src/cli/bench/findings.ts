/** What one setting gave with and without crashes. */
export interface Row {
  readonly threads: number;
  readonly spares: number;
  /** Results a second without faults. */
  readonly clean: number;
  /** Results a second under crashes. */
  readonly crashing: number;
  /** Tasks that were rejected under crashes. */
  readonly failed: number;
  readonly sent: number;
  /** Milliseconds of the p99 under crashes. */
  readonly p99: number;
}

/** Share of the throughput that is left under crashes. */
export const keptOf = ({ clean, crashing }: Row): number => (clean === 0 ? 0 : crashing / clean);

/** The setting that gave most results under crashes; of two that differ by less than a hundredth the smaller one. */
export function bestOf(rows: readonly Row[]): Row {
  const most = Math.max(...rows.map((row) => row.crashing));
  return rows.filter((row) => row.crashing >= 0.99 * most).sort((a, b) => a.threads + a.spares - (b.threads + b.spares))[0]!;
}

/**
 * Thread time that one crash costs, in milliseconds: detection and replacement together. It is the closed form
 * N / (s + p/(1-p)·(d+c)) for the throughput of N threads, solved for d + c.
 */
export function crashCostOf({ threads, clean, crashing }: Row, rate: number): number {
  if (clean === 0 || crashing === 0 || rate === 0) return 0;
  const extraMs = (1_000 * threads) / crashing - (1_000 * threads) / clean;
  return Math.max(0, (extraMs * (1 - rate)) / rate);
}

/** The throughput that the closed form expects of the same setting at another rate of crashes. */
export function expectedAt(row: Row, measuredRate: number, rate: number): number {
  const serviceMs = (1_000 * row.threads) / row.clean;
  return (1_000 * row.threads) / (serviceMs + (rate / (1 - rate)) * crashCostOf(row, measuredRate));
}

/** A time-out with room to spare: twenty times the slowest attempt seen, rounded up to two digits, at least 100 ms. */
export function timeoutFor(slowestMs: number): number {
  const wanted = Math.max(100, 20 * slowestMs);
  const unit = 10 ** (Math.floor(Math.log10(wanted)) - 1);
  return Math.ceil(wanted / unit) * unit;
}

import { Pool, type PoolOptions } from 'holdfast';

/** A price, and how it came about. */
export interface Estimate {
  readonly price: number;
  readonly standardError: number;
  /** Batches whose copies did not agree. */
  readonly conflicts: number;
  /** Threads that were outvoted, and replaced. */
  readonly convicted: number;
  readonly seconds: number;
}

/** Prices the option with this many batches, of this many paths each. */
export async function estimate(batches: number, paths: number, options: Partial<PoolOptions> = {}): Promise<Estimate> {
  await using pool = new Pool<typeof import('./task.ts')>({ filename: new URL('./task.js', import.meta.url), threads: 3, ...options });
  const disputed = new Set<number>();
  let convicted = 0;
  pool.on('conflict', ({ taskId }) => disputed.add(taskId));
  pool.on('crash', ({ reason }) => {
    if (reason === 'outvoted') convicted++;
  });
  await pool.ready();
  const began = performance.now();
  let [count, sum, sumOfSquares] = [0, 0, 0];
  const inputs = Array.from({ length: batches }, (_, seed) => ({ seed, paths }));
  for await (const moments of pool.map(inputs)) {
    count += moments.paths;
    sum += moments.sum;
    sumOfSquares += moments.sumOfSquares;
  }
  const price = sum / count;
  const standardError = Math.sqrt(Math.max(0, sumOfSquares / count - price ** 2) / count);
  return { price, standardError, conflicts: disputed.size, convicted, seconds: (performance.now() - began) / 1000 };
}

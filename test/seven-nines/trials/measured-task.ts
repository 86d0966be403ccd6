import { context } from '../../../src/thread/worker.ts';

const now = (): number => Number(process.hrtime.bigint()) * 1e-6;

/** Ends its thread the first time, and says when; the second time it says when it began. */
export function diesOnce(diedAt: Float64Array): number {
  const begunAt = now();
  if (context().attempt > 1) return begunAt;
  diedAt[0] = now();
  process.exit(1);
}

/** Tells its process, and waits to be killed; the second time it says when it began. */
export function killedOnce(): number | Promise<never> {
  const begunAt = now();
  if (context().attempt > 1) return begunAt;
  context().progress(process.pid);
  return new Promise(() => {});
}

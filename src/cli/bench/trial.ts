import type { Clock } from '../../core/clock.ts';
import type { FaultPlan } from '../../faults/index.ts';
import { Pool, type PoolOptions } from '../../index.ts';

/** One setting of the pool, tried for a while. */
export interface TrialOrder {
  readonly options: PoolOptions;
  readonly faults?: FaultPlan;
  /** Inputs that are given to the task over and over, in turn. */
  readonly sample: readonly unknown[];
  /** Milliseconds for which tasks are sent. */
  readonly forMs: number;
  /** Tasks that are with the pool at a time. */
  readonly inFlight: number;
}

export interface Trial {
  /** Results a second while tasks were sent. */
  readonly perSecond: number;
  readonly fulfilled: number;
  readonly rejected: number;
  readonly retries: number;
  /** Milliseconds from `run` to the result, sorted. */
  readonly latencies: Float64Array;
  readonly firstError: unknown;
}

/** Keeps a pool busy with the sample for a while and counts what comes back. Waits for all that was sent. */
export async function runTrial(order: TrialOrder, clock: Clock): Promise<Trial> {
  const { options, faults, sample, forMs, inFlight } = order;
  await using pool = new Pool({ ...options, metrics: false, ...(faults && { faults }) });
  await pool.ready();
  const latencies: number[] = [];
  const seen = { sent: 0, fulfilled: 0, rejected: 0, firstError: undefined as unknown };
  const began = clock.now();
  const until = began + forMs;

  const lane = async (): Promise<void> => {
    for (let now = clock.now(); now < until; now = clock.now()) {
      try {
        await pool.run(sample[seen.sent++ % sample.length]);
        seen.fulfilled++;
        latencies.push(clock.now() - now);
      } catch (error) {
        seen.rejected++;
        seen.firstError ??= error;
        // A pool that has failed rejects at once: without a pause the loop would keep everything else waiting.
        await new Promise<void>((resolve) => clock.setTimeout(resolve, 1).ref());
      }
    }
  };
  const steady = new Promise<{ fulfilled: number; ms: number }>((resolve) => {
    clock.setTimeout(() => resolve({ fulfilled: seen.fulfilled, ms: clock.now() - began }), forMs).ref();
  });
  await Promise.all(Array.from({ length: inFlight }, lane));
  const { fulfilled, ms } = await steady;
  return {
    perSecond: (fulfilled * 1_000) / ms,
    fulfilled: seen.fulfilled,
    rejected: seen.rejected,
    retries: pool.stats().retries,
    latencies: Float64Array.from(latencies).sort(),
    firstError: seen.firstError,
  };
}

/** The latency below which the share `q` of the results came; 0 without any. */
export const latencyAt = ({ latencies }: Trial, q: number): number => latencies[Math.floor(q * (latencies.length - 1))] ?? 0;

import type { PoolUnderTest } from '../contenders/contender.ts';
import { quantile } from '../stats/quantiles.ts';

/** What a slice of calls came to. */
export interface CallSlice {
  readonly calls: number;
  readonly wrong: number;
  readonly failed: number;
  readonly perSecond: number;
  /** CPU time of the whole process for one call, in microseconds. */
  readonly cpuMicros: number;
  /** In milliseconds; only with one call in flight. */
  readonly p50: number;
  readonly p99: number;
}

/** Calls a counter that answers with how often it was called; whatever else comes is wrong. */
export class Caller {
  readonly #pool: PoolUnderTest;
  #count = 0;

  constructor(pool: PoolUnderTest) {
    this.#pool = pool;
  }

  async slice(inFlight: number, ms: number): Promise<CallSlice> {
    const counts = { calls: 0, wrong: 0, failed: 0 };
    const latencies: number[] = [];
    const cpu = process.cpuUsage();
    const began = performance.now();
    const one = async (): Promise<void> => {
      for (let now = performance.now(); now < began + ms; now = performance.now()) {
        const expected = ++this.#count;
        try {
          if ((await this.#pool.run(0)) !== expected) counts.wrong++;
        } catch {
          counts.failed++;
        }
        counts.calls++;
        if (inFlight === 1) latencies.push(performance.now() - now);
      }
    };
    await Promise.all(Array.from({ length: inFlight }, one));
    const { user, system } = process.cpuUsage(cpu);
    return {
      ...counts,
      perSecond: (counts.calls * 1_000) / (performance.now() - began),
      cpuMicros: (user + system) / counts.calls,
      p50: quantile(latencies, 0.5),
      p99: quantile(latencies, 0.99),
    };
  }
}

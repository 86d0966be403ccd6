import pRetry from 'p-retry';
import pTimeout from 'p-timeout';
import type { Contender } from './contender.ts';
import { openPiscina } from './piscina.ts';

const DEFAULT_TIMEOUT_MS = 30_000;
const RETRY = { retries: 3, minTimeout: 25, maxTimeout: 1000, factor: 2, randomize: true } as const;

/**
 * Piscina as people protect it by hand: an AbortController a call, p-timeout around it, p-retry around that. The same
 * number of retries, back-off and time-out as Holdfast's defaults.
 */
export const glued: Contender = {
  name: 'piscina+glue',
  setup: 'Piscina with p-retry (3 retries, 25 to 1000 ms), p-timeout and an AbortSignal around every call',
  async start(needs) {
    const pool = openPiscina(needs);
    const milliseconds = needs.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const attempt = async (job: unknown): Promise<unknown> => {
      const abort = new AbortController();
      try {
        return await pTimeout(pool.run(job, { signal: abort.signal }), { milliseconds });
      } catch (error) {
        // p-timeout only turns away: without this the thread would go on with a task that has already been rejected.
        abort.abort();
        throw error;
      }
    };
    return {
      // A transferred buffer is gone after the first try, so those calls cannot be retried.
      run: (job, transfer) => (transfer ? pool.run(job, { transferList: [...transfer] }) : pRetry(() => attempt(job), RETRY)),
      close: () => pool.destroy(),
    };
  },
};

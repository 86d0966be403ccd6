import type { PoolUnderTest } from '../contenders/contender.ts';
import type { Job } from '../work/job.ts';

/**
 * Runs jobs of the kind that will be measured until the code on both sides is compiled and every thread has had some; gives up after
 * `limitMs`.
 */
export async function warmUp(
  pool: PoolUnderTest,
  ms: number,
  { inFlight = 64, limitMs = 10_000, job = 0 }: { inFlight?: number; limitMs?: number; job?: Job } = {},
): Promise<void> {
  const until = performance.now() + ms;
  const lane = async (): Promise<void> => {
    while (performance.now() < until) await pool.run(job);
  };
  const lanes = Promise.all(Array.from({ length: inFlight }, lane)).then(
    () => {},
    () => {},
  );
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([lanes, new Promise<void>((resolve) => (timer = setTimeout(resolve, limitMs)))]);
  clearTimeout(timer);
}

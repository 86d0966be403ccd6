import type { PoolUnderTest } from '../contenders/contender.ts';

/** Runs no-ops until the code on both sides is compiled and every thread has had some; gives up after `limitMs`. */
export async function warmUp(pool: PoolUnderTest, ms: number, inFlight: number = 64, limitMs: number = 10_000): Promise<void> {
  const until = performance.now() + ms;
  const lane = async (): Promise<void> => {
    while (performance.now() < until) await pool.run(0);
  };
  const lanes = Promise.all(Array.from({ length: inFlight }, lane)).then(
    () => {},
    () => {},
  );
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([lanes, new Promise<void>((resolve) => (timer = setTimeout(resolve, limitMs)))]);
  clearTimeout(timer);
}

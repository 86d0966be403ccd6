import type { Clock } from '../../../core/clock.ts';

/** Resolves when the work is done, or has failed, or after this many milliseconds. */
export async function atMost(clock: Clock, ms: number, work: Promise<unknown>): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = clock.setTimeout(resolve, ms);
    timer.ref();
    void work
      .catch(() => {})
      .then(() => {
        clock.clearTimeout(timer);
        resolve();
      });
  });
}

import type { PoolUnderTest } from '../contenders/contender.ts';
import type { Ledger } from '../work/ledger.ts';

/**
 * Switches the faults off and finds out how long it takes until all threads run tasks at once: as many jobs as there are
 * threads wait inside for each other. Undefined when they never met.
 */
export async function timeToFullStrength(
  pool: PoolUnderTest,
  ledger: Ledger,
  threads: number,
  tryMs: number,
  limitMs: number,
): Promise<number | undefined> {
  ledger.calm();
  const began = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => (timer = setTimeout(resolve, limitMs, 'late')));
  try {
    while (performance.now() - began < limitMs) {
      ledger.clearMeeting();
      const meeting = Promise.allSettled(
        Array.from({ length: threads }, async () => pool.run({ kind: 'meet', parties: threads, limitMs: tryMs })),
      );
      const met = await Promise.race([meeting, late]);
      if (met === 'late') return undefined;
      if (met.every((each) => each.status === 'fulfilled' && each.value === true)) return performance.now() - began;
    }
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

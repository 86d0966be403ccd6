import { busy } from './busy.ts';
import type { FaultKind } from './faults.ts';

const never = (): Promise<never> => new Promise(() => {});

/**
 * Makes the fault happen. What comes back is what the attempt returns; most faults never return.
 *
 * @param answer the right answer, for the faults that spoil it or only delay it
 * @param salt different for every attempt, so that two corrupt answers to one task do not agree
 */
export function strike(kind: FaultKind, answer: number, salt: number, slowRounds: number): number | Promise<number> {
  switch (kind) {
    case 'throw':
      throw new Error('injected: thrown');
    case 'crash':
      // Thrown from a timer, so no promise catches it and the thread dies of it.
      setImmediate(() => {
        throw new Error('injected: crash');
      });
      return never();
    case 'exit':
      return process.exit(7);
    case 'oom':
      return fillTheHeap();
    case 'hang':
      for (;;) busy(1_000_000);
    case 'never':
      // The timer keeps the thread's loop alive, as an open socket would.
      setInterval(() => {}, 60_000);
      return never();
    case 'slow':
      busy(slowRounds);
      return answer;
    case 'corrupt':
      return (answer ^ (salt | 1)) >>> 0;
  }
}

function fillTheHeap(): never {
  const hoard: number[][] = [];
  for (;;) hoard.push(new Array<number>(2_048).fill(hoard.length));
}

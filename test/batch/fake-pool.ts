import type { BatchPool, Settlement } from '../../src/batch/batch-pool.ts';
import type { Random } from '../../src/core/random.ts';
import { settle as turn } from '../../src/faults/virtual-clock.ts';

/** What the fake task does with a value; a throw is a failed task. */
export type FakeTask = (value: unknown) => unknown;

export interface FakePool extends BatchPool {
  /** Values that were run, in order of start. */
  readonly ran: unknown[];
}

/** A pool of no threads: runs tasks in this one, keeps a window of them open, and settles them in a random order, now and then a turn of the loop later. */
export function fakePool(task: FakeTask, random: Random, window = 8): FakePool {
  const ran: unknown[] = [];
  let closed = false;
  const settle = (index: number, value: unknown): Settlement => {
    try {
      if (closed) throw Object.assign(new Error('closed'), { code: 'ERR_POOL_CLOSED' });
      return { index, status: 'fulfilled', value: task(value) };
    } catch (reason) {
      return { index, status: 'rejected', reason };
    }
  };
  return {
    ran,
    async *mapSettled(source, { ordered }) {
      const open: { index: number; value: unknown }[] = [];
      const next = () => settle(...take(open, ordered ? 0 : Math.floor(random() * open.length)));
      let index = 0;
      for await (const value of source) {
        ran.push(value);
        open.push({ index: index++, value });
        if (random() < 0.3) await turn();
        if (open.length >= window) yield next();
      }
      while (open.length > 0) yield next();
    },
    retries: () => 0,
    attemptsOf: () => [],
    metrics: async () => '',
    close: async () => {
      closed = true;
    },
  };
}

function take(open: { index: number; value: unknown }[], at: number): [number, unknown] {
  const [one] = open.splice(at, 1);
  return [one!.index, one!.value];
}

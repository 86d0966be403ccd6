import type { BatchPool, Settlement } from '../../src/batch/batch-pool.ts';
import type { Random } from '../../src/core/random.ts';
import { settle as turn } from '../../src/faults/virtual-clock.ts';

/** What the fake task does with a value; a throw is a failed task. */
export type FakeTask = (value: unknown) => unknown;

export interface FakePool extends BatchPool {
  /** Values that were run, in order of start. */
  readonly ran: unknown[];
}

interface Item {
  readonly index: number;
  readonly value: unknown;
}

/** A pool of no threads: runs tasks in this one, keeps a window of them open, and settles them in a random order, now and then a turn of the loop later. */
export function fakePool(task: FakeTask, random: Random, window = 8): FakePool {
  const ran: unknown[] = [];
  let closed = false;
  const settle = ({ index, value }: Item): Settlement => {
    try {
      if (closed) throw Object.assign(new Error('closed'), { code: 'ERR_POOL_CLOSED' });
      return { index, status: 'fulfilled', value: task(value) };
    } catch (reason) {
      return { index, status: 'rejected', reason };
    }
  };
  async function* settlements(source: AsyncIterable<unknown>, open: Item[], due: () => Settlement): AsyncGenerator<Settlement> {
    const items = source[Symbol.asyncIterator]();
    let index = 0;
    let ended = false;
    let pulled: Promise<IteratorResult<unknown>> | undefined;
    while (!ended || open.length > 0) {
      if (!ended && open.length < window && (open.length === 0 || random() < 0.9)) {
        pulled ??= Promise.resolve(items.next());
        const next = await (open.length === 0 ? pulled : Promise.race([pulled, turn()]));
        if (next !== undefined) {
          pulled = undefined;
          if (next.done) ended = true;
          else {
            ran.push(next.value);
            open.push({ index: index++, value: next.value });
          }
          continue;
        }
      }
      if (open.length > 0) yield due();
    }
  }
  return {
    ran,
    form: 'values',
    ready: async () => {},
    mapSettled(source, { ordered }) {
      const open: Item[] = [];
      const due = () => settle(open.splice(ordered ? 0 : Math.floor(random() * open.length), 1)[0]!);
      const poll = () => (open.length > 0 && random() < 0.3 ? due() : undefined);
      return Object.assign(settlements(source, open, due), { poll });
    },
    retries: () => 0,
    onRetry: () => {},
    attemptsOf: () => [],
    metrics: async () => '',
    tree: () => ({ id: 'fake', kind: 'pool', state: 'ok', restarts: 0 }),
    close: async () => {
      closed = true;
    },
  };
}

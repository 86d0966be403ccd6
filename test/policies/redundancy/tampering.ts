import type { ItemNote } from '../../../src/core/wire/wire.ts';
import type { Executor } from '../../../src/executors/executor.ts';
import { CellExecutor } from '../../../src/executors/processes/cell-executor.ts';
import { ThreadExecutor } from '../../../src/executors/threads/thread-executor.ts';
import type { Seams } from '../../../src/pool/compose.ts';

/** A result on its way from its thread: its bytes if it is sealed, which may be changed, or `undefined`. */
export type Passing = (bytes: Uint8Array | undefined, threadId: number) => void;

/** Lets a test see every result between its thread and the pool. */
export function tampering(passing: Passing): Seams {
  return {
    executor: (options, clock): Executor => {
      const real =
        options.isolation === 'process' ? new CellExecutor({ ...options, threadsPerCell: 1 }, clock) : new ThreadExecutor(options, clock);
      return {
        start: (events) => {
          const thread = real.start({
            ...events,
            done: (bundle, from, values, times, notes) => {
              values.forEach((value, i) => {
                const sealed = notes?.some(([offset, kind]: ItemNote) => offset === i && kind === 'sealed') === true;
                passing(sealed ? (value as Uint8Array) : undefined, thread.threadId);
              });
              events.done(bundle, from, values, times, notes);
            },
          });
          return thread;
        },
        close: () => real.close(),
      };
    },
  };
}

export function spoil(bytes: Uint8Array): void {
  bytes[bytes.length >> 1]! ^= 1;
}

import { workerData } from 'node:worker_threads';
import { defineServer } from '../../src/server/index.ts';

const stamps = (workerData as { stamps?: SharedArrayBuffer } | null)?.stamps;

/** A state of about that number of bytes, in pieces of a kilobyte, as an index or a cache has them. */
function filled(bytes: number): Map<number, string> {
  const state = new Map<number, string>();
  for (let key = 0; key * 1_000 < bytes; key++) state.set(key, `${key}`.padEnd(1_000, '.'));
  return state;
}

/** The server of the benchmark: counts, and holds as much as it is asked to. */
export default defineServer({
  init: ({ bytes }: { bytes: number }) => ({ count: 0, filling: filled(bytes) }),
  call: {
    add: (state, { count }: { sku: string; count: number }) => {
      state.count += count;
      return state.count;
    },
    /** Notes when, on the machine's clock, and is gone. */
    die: (): number => {
      const [seconds, nanoseconds] = process.hrtime();
      if (stamps !== undefined) new Float64Array(stamps)[0] = seconds * 1_000 + nanoseconds / 1e6;
      process.exit(1);
    },
  },
});

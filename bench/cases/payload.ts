import { closedLoop } from '../drive/closed-loop.ts';
import { warmUp } from '../drive/warm-up.ts';
import type { PayloadJob } from '../work/job.ts';
import { type Case, inQuick } from './case.ts';
import { outcomeOf } from './faults/outcome.ts';

const SIZES = { '1 kB': 1_000, '100 kB': 100_000, '10 MB': 10_000_000 } as const;

/** Bytes to the thread, their number back: once copied by the structured clone, once moved. */
export const payload: Case = {
  name: 'payload',
  title: 'Payloads, copied and transferred',
  columns: ['megabytesPerSecond', 'tasksPerSecond', 'p50', 'p99', 'lost', 'uncaught'],
  variants: (scale) =>
    Object.entries(SIZES)
      .filter(([size]) => scale.name === 'full' || size === '100 kB')
      .flatMap(([size, bytes]) =>
        ['copied', 'transferred'].map((how) => ({
          name: `${size} ${how}`,
          params: { bytes, how },
          ...inQuick(scale, ['piscina', 'holdfast']),
        })),
      ),
  limitMs: ({ seconds, stallMs }) => seconds * 1000 + stallMs + 30_000,
  async measure(bench, { params }) {
    const bytes = Number(params.bytes);
    const moved = params.how === 'transferred';
    const pool = await bench.contender.start({ threads: bench.threads });
    await warmUp(pool, bench.scale.warmUpMs);
    const source = new Uint8Array(bytes).fill(7);
    const tally = await closedLoop(
      pool,
      {
        // A moved buffer is gone, so each task needs its own; making it is part of the price, for everyone.
        jobOf: () => ({ kind: 'payload', bytes: moved ? new Uint8Array(bytes) : source }),
        answerOf: () => bytes,
        ...(moved ? { transferOf: (job) => [(job as PayloadJob).bytes.buffer as ArrayBuffer] } : {}),
        stallMs: bench.scale.stallMs,
      },
      bytes > 1_000_000 ? 4 : 16,
      { ms: bench.scale.seconds * 1000 },
    );
    void pool.close();
    return outcomeOf(tally, { megabytesPerSecond: (tally.right * bytes) / 1e6 / (tally.elapsedMs / 1000) });
  },
};

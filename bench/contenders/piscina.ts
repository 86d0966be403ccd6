import { Piscina } from 'piscina';
import { type Contender, compiled, type Needs } from './contender.ts';

/** A Piscina of a fixed size, otherwise as it comes. */
export function openPiscina({ threads, heapMb }: Needs): Piscina {
  const pool = new Piscina({
    filename: compiled('work/task').href,
    minThreads: threads,
    maxThreads: threads,
    ...(heapMb ? { resourceLimits: { maxOldGenerationSizeMb: heapMb } } : {}),
  });
  // Its page on events tells to listen: an error of a thread without a task would kill the process otherwise.
  pool.on('error', () => {});
  return pool;
}

export const piscina: Contender = {
  name: 'piscina',
  setup: 'fixed size, defaults, no retry; AbortSignal.timeout where the case needs a time-out',
  async start(needs) {
    const pool = openPiscina(needs);
    return {
      run: (job, transfer) => {
        if (transfer) return pool.run(job, { transferList: [...transfer] });
        return needs.timeoutMs ? pool.run(job, { signal: AbortSignal.timeout(needs.timeoutMs) }) : pool.run(job);
      },
      close: () => pool.destroy(),
    };
  },
};

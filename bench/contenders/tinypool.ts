import { Tinypool } from 'tinypool';
import { type Contender, compiled } from './contender.ts';

export const tinypool: Contender = {
  name: 'tinypool',
  setup: 'fixed size, defaults; AbortSignal.timeout where the case needs a time-out',
  async start({ threads, timeoutMs, heapMb }) {
    const pool = new Tinypool({
      filename: compiled('work/task').href,
      minThreads: threads,
      maxThreads: threads,
      ...(heapMb ? { resourceLimits: { maxOldGenerationSizeMb: heapMb } } : {}),
    });
    return {
      run: (job, transfer) => {
        if (transfer) return pool.run(job, { transferList: [...transfer] });
        return timeoutMs ? pool.run(job, { signal: AbortSignal.timeout(timeoutMs) as never }) : pool.run(job);
      },
      close: () => pool.destroy(),
    };
  },
};

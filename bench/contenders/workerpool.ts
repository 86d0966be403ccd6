import { fileURLToPath } from 'node:url';
import workerpoolModule from 'workerpool';
import { type Contender, compiled } from './contender.ts';

export const workerpool: Contender = {
  name: 'workerpool',
  setup: 'dedicated worker script, fixed size, threads; its own .timeout() where the case needs a time-out',
  async start({ threads, timeoutMs, heapMb }) {
    const pool = workerpoolModule.pool(fileURLToPath(compiled('contenders/workerpool-thread')), {
      minWorkers: threads,
      maxWorkers: threads,
      workerType: 'thread',
      ...(heapMb ? { workerThreadOpts: { resourceLimits: { maxOldGenerationSizeMb: heapMb } } } : {}),
    });
    return {
      run: (job, transfer) => {
        const promise = pool.exec('run', [job], transfer ? { transfer: [...transfer] } : {});
        return (timeoutMs ? promise.timeout(timeoutMs) : promise) as unknown as PromiseLike<unknown>;
      },
      close: async () => void (await pool.terminate(true)),
    };
  },
};

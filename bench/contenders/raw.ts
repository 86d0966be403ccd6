import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Job } from '../work/job.ts';
import { type Contender, compiled } from './contender.ts';

interface Waiting {
  readonly job: Job;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * The least that Node's threads need: no queue discipline, no protection, a new thread for a dead one. It is no pool to
 * use; what it costs is what no pool can avoid.
 */
export const raw: Contender = {
  name: 'raw threads',
  setup: 'bare node:worker_threads, one task at a time, a dead thread is replaced; the floor, not a contender',
  async start({ threads, heapMb }) {
    const waiting: Waiting[] = [];
    const idle: Worker[] = [];
    const live = new Set<Worker>();
    let open = true;
    const next = (): void => {
      while (idle.length > 0 && waiting.length > 0) give(idle.pop()!, waiting.shift()!);
    };
    const give = (worker: Worker, { job, resolve, reject }: Waiting): void => {
      const answered = (value: unknown): void => {
        worker.off('exit', died);
        resolve(value);
        idle.push(worker);
        next();
      };
      const died = (): void => reject(new Error('the thread died'));
      worker.once('message', answered).once('exit', died);
      worker.postMessage(job);
    };
    const open1 = async (): Promise<void> => {
      const worker = new Worker(compiled('contenders/raw-thread'), heapMb ? { resourceLimits: { maxOldGenerationSizeMb: heapMb } } : {});
      live.add(worker);
      worker.on('error', () => {});
      worker.once('exit', () => {
        live.delete(worker);
        const place = idle.indexOf(worker);
        if (place >= 0) idle.splice(place, 1);
        if (open) void open1().catch(() => {});
      });
      await once(worker, 'message');
      idle.push(worker);
      next();
    };
    await Promise.all(Array.from({ length: threads }, open1));
    return {
      run: (job) =>
        new Promise((resolve, reject) => {
          waiting.push({ job, resolve, reject });
          next();
        }),
      close: async () => {
        open = false;
        await Promise.all([...live].map((worker) => worker.terminate()));
      },
    };
  },
};

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type Contender, compiled } from './contender.ts';

/** One thread that answers requests, with a number on each: what a program writes that has no library. */
export const bareRequests: Contender = {
  name: 'bare requests',
  setup: 'one worker thread, postMessage for each request and each reply, a Map of promises; what a server is held against',
  async start() {
    const worker = new Worker(compiled('contenders/bare-requests-thread'));
    await once(worker, 'message');
    const waiting = new Map<number, (reply: number) => void>();
    let next = 0;
    worker.on('message', ({ id, reply }: { id: number; reply: number }) => {
      const resolve = waiting.get(id)!;
      waiting.delete(id);
      resolve(reply);
    });
    return {
      run: () =>
        new Promise((resolve) => {
          const id = next++;
          waiting.set(id, resolve);
          worker.postMessage({ id, message: { sku: 'a', count: 1 } });
        }),
      close: () => worker.terminate(),
    };
  },
};

import { parentPort } from 'node:worker_threads';
import type { Job } from '../work/job.ts';
import run from '../work/task.ts';

/** A job, or one to be done several times in a row. */
export type RawMessage = Job | { readonly times: number; readonly job: Job };

parentPort!.on('message', async (message: RawMessage) => {
  if (typeof message === 'number' || !('times' in message)) {
    parentPort!.postMessage(await run(message));
    return;
  }
  for (let i = 0; i < message.times; i++) run(message.job);
  parentPort!.postMessage(message.times);
});
parentPort!.postMessage('ready');

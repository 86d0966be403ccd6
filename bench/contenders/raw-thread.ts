import { parentPort } from 'node:worker_threads';
import type { Job } from '../work/job.ts';
import run from '../work/task.ts';

parentPort!.on('message', async (job: Job) => parentPort!.postMessage(await run(job)));
parentPort!.postMessage('ready');

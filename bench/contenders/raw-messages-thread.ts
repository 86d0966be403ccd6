import { parentPort } from 'node:worker_threads';
import type { Job } from '../work/job.ts';
import run from '../work/task.ts';

parentPort!.on('message', (jobs: readonly Job[]) => parentPort!.postMessage(jobs.map((job) => run(job))));
parentPort!.postMessage('ready');

import { ThreadWorker } from 'poolifier';
import type { Job } from '../work/job.ts';
import run from '../work/task.ts';

export default new ThreadWorker<Job, unknown>((job) => run(job!));

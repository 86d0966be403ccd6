import { type WorkInput, work } from './bullmq-task.ts';

/** What BullMQ's own sandbox runs: the same work, called with the job. */
export default async ({ data }: { readonly data: WorkInput | readonly WorkInput[] }): Promise<number | number[]> =>
  Array.isArray(data) ? (data as readonly WorkInput[]).map(work) : work(data as WorkInput);

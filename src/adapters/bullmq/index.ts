export { UnrecoverableJobError } from './failures.ts';
export type { BullJob, BullWorker } from './job.ts';
export type { ItemOutcome, ProcessorOptions, RunSettings } from './options.ts';
export { type JobProcessor, processor } from './processor.ts';

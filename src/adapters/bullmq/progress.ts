import type { BullJob } from './job.ts';

/**
 * Takes progress to the job: one message at a time, and the latest value wins, so that a task that tells a million times does not send a million
 * commands. What cannot be written is dropped: progress is no reason to fail.
 */
export class JobProgress {
  readonly #job: BullJob;
  #next: { readonly value: unknown } | undefined;
  #writing: Promise<void> | undefined;
  #open = true;

  constructor(job: BullJob) {
    this.#job = job;
  }

  tell(value: unknown): void {
    if (!this.#open) return;
    this.#next = { value };
    this.#writing ??= this.#write();
  }

  async #write(): Promise<void> {
    while (this.#next !== undefined) {
      const { value } = this.#next;
      this.#next = undefined;
      try {
        await this.#job.updateProgress(value);
      } catch {
        // The job is gone, or the value is nothing that JSON can hold.
      }
    }
    this.#writing = undefined;
  }

  /** Resolves once the last value is written: after the job has ended there is nothing to write it to. */
  async end(): Promise<void> {
    this.#open = false;
    await this.#writing;
  }

  /** Another worker has the job, and reports its progress now. */
  stop(): void {
    this.#open = false;
    this.#next = undefined;
  }
}

import type { BullJob, BullWorker } from './job.ts';
import { JobProgress } from './progress.ts';

/** Why the task of a job was given up, if it was. */
export type RunState =
  | { readonly is: 'running' }
  /** BullMQ aborted the job's signal. */
  | { readonly is: 'cancelled'; readonly reason: unknown }
  /** Its lock has run out, and another worker may have the job. */
  | { readonly is: 'lost' }
  /** The worker is closing by force: the job goes back. */
  | { readonly is: 'returned' };

/** One job in the hands of one worker. */
export class JobRun {
  readonly worker: BullWorker | undefined;
  readonly job: BullJob;
  readonly token: string | undefined;
  readonly progress: JobProgress;
  /** The run of the same job that has taken its place in the same worker. */
  successor: JobRun | undefined;
  /** Resolves when BullMQ may have its outcome. */
  readonly ended: Promise<void>;
  readonly #controller = new AbortController();
  readonly #given: AbortSignal | undefined;
  #state: RunState = { is: 'running' };
  #end!: () => void;

  constructor(worker: BullWorker | undefined, job: BullJob, token: string | undefined, given: AbortSignal | undefined) {
    this.worker = worker;
    this.job = job;
    this.token = token;
    this.progress = new JobProgress(job);
    this.#given = given;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    given?.addEventListener('abort', this.#cancelled, { once: true });
    if (given?.aborted === true) this.#cancelled();
  }

  /** Aborted as soon as the job is nothing for this pool any more. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get state(): RunState {
    return this.#state;
  }

  readonly #cancelled = (): void => this.giveUp({ is: 'cancelled', reason: this.#given?.reason });

  /** The first reason wins, except that a job without its lock can neither be failed nor given back. */
  giveUp(state: Exclude<RunState, { is: 'running' }>): void {
    if (this.#state.is !== 'running' && state.is !== 'lost') return;
    this.#state = state;
    if (state.is === 'lost') this.progress.stop();
    this.#controller.abort(state.is === 'cancelled' ? state.reason : new Error(`The job is ${state.is}.`));
  }

  end(): void {
    this.#given?.removeEventListener('abort', this.#cancelled);
    this.#end();
  }
}

/** The jobs that run now, by queue and id. */
export class JobRuns {
  readonly #runs = new Map<string, Set<JobRun>>();

  begin(run: JobRun): void {
    const key = keyOf(run.job);
    const others = this.#runs.get(key) ?? new Set();
    for (const other of others) {
      // BullMQ gives a job out again only if its lock had run out.
      other.giveUp({ is: 'lost' });
      if (other.worker === run.worker) other.successor = run;
    }
    this.#runs.set(key, others.add(run));
  }

  end(run: JobRun): void {
    const key = keyOf(run.job);
    const runs = this.#runs.get(key);
    runs?.delete(run);
    if (runs?.size === 0) this.#runs.delete(key);
    run.end();
  }

  /** The locks of these jobs are lost, as their worker says. */
  lost(worker: BullWorker, ids: readonly string[]): void {
    for (const run of this.#all()) if (run.worker === worker && ids.includes(run.job.id ?? '')) run.giveUp({ is: 'lost' });
  }

  returnAll(): void {
    for (const run of this.#all()) run.giveUp({ is: 'returned' });
  }

  *#all(): Generator<JobRun> {
    for (const runs of [...this.#runs.values()]) yield* [...runs];
  }
}

const keyOf = (job: BullJob): string => `${job.queueQualifiedName} ${job.id}`;

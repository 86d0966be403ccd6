import { messageOf } from '../../core/foreign/message.ts';
import { AbortError, type CloseReport, HoldfastError, type Pool, PoolClosedError } from '../../index.ts';
import { runBundle } from './bundle.ts';
import { checkResult, failureOf, moved } from './failures.ts';
import { type BullJob, type BullWorker, isWorker } from './job.ts';
import { type ProcessorOptions, type Settings, settingsOf, wrong } from './options.ts';
import { JobRun, JobRuns } from './runs.ts';

// biome-ignore lint/suspicious/noExplicitAny: a pool of any module
type AnyPool = Pool<any, any, any>;

/** A function for `new Worker(queue, processor)`, and what belongs to it. */
export interface JobProcessor<Result> {
  /** Called by BullMQ. */
  (job: BullJob, token?: string, signal?: AbortSignal): Promise<Result>;
  /**
   * Tells the processor its worker, and returns that. It learns of its worker by itself with the first job; `close()` needs it before, and so does
   * a lost lock if the processor is called by a function of yours.
   */
  attach<W extends BullWorker>(worker: W): W;
  /**
   * Closes in the right order: the workers take no new jobs, those that run come to their end, then the pool closes. With `force` the tasks are
   * aborted, and their jobs go back to the queue at once, uncharged. Idempotent.
   */
  close(options?: { readonly force?: boolean | undefined }): Promise<CloseReport>;
}

/** Milliseconds until a job for which `maxQueue` left no place is given out again. */
const FULL_DELAY = 1_000;

/**
 * Makes a pool the processor of a BullMQ `Worker`, in place of its sandbox.
 * @throws {InvalidOptionError} `ERR_INVALID_OPTION`
 */
// biome-ignore lint/suspicious/noExplicitAny: as BullMQ's own `Worker` without type parameters
export function processor<Result = any>(pool: AnyPool, options: ProcessorOptions = {}): JobProcessor<Result> {
  if (typeof pool?.run !== 'function' || typeof pool.mapSettled !== 'function') wrong('pool', 'a Pool', pool);
  const jobs = new Jobs(pool, settingsOf(options));
  // BullMQ makes a signal only for a function with three parameters, and calls it as a method of the worker.
  return Object.assign(
    function process(this: unknown, job: BullJob, token: string | undefined, signal: AbortSignal | undefined): Promise<Result> {
      return jobs.process(isWorker(this) ? jobs.attach(this) : undefined, job, token, signal) as Promise<Result>;
    },
    {
      attach: <W extends BullWorker>(worker: W): W => jobs.attach(worker),
      close: (how: { readonly force?: boolean | undefined } = {}) => jobs.close(how.force ?? false),
    },
  );
}

class Jobs {
  readonly #pool: AnyPool;
  readonly #settings: Settings;
  readonly #runs = new JobRuns();
  readonly #workers = new Set<BullWorker>();
  #forced = false;

  constructor(pool: AnyPool, settings: Settings) {
    this.#pool = pool;
    this.#settings = settings;
  }

  attach<W extends BullWorker>(worker: W): W {
    if (this.#workers.has(worker)) return worker;
    this.#workers.add(worker);
    worker.on('lockRenewalFailed', (ids) => this.#runs.lost(worker, ids));
    worker.once('closed', () => this.#workers.delete(worker));
    return worker;
  }

  async process(
    worker: BullWorker | undefined,
    job: BullJob,
    token: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    const run = new JobRun(worker, job, token, signal);
    this.#runs.begin(run);
    if (this.#forced) run.giveUp({ is: 'returned' });
    try {
      const result = checkResult(await this.#perform(run));
      await run.progress.end();
      return result;
    } catch (error) {
      throw await this.#failed(run, error);
    } finally {
      this.#runs.end(run);
    }
  }

  async #perform({ job, signal, progress }: JobRun): Promise<unknown> {
    const { bundle, nameOf, inputOf, runOf } = this.#settings;
    const options = { ...runOf(job), name: nameOf(job), signal };
    const input = inputOf(job);
    if (bundle === false) return await this.#pool.run(input, { ...options, onProgress: (value) => progress.tell(value) });
    return await runBundle({ pool: this.#pool, items: input, mode: bundle, options, progress: (percent) => progress.tell(percent) });
  }

  /** What BullMQ gets for a job that has no result. */
  async #failed(run: JobRun, error: unknown): Promise<unknown> {
    const { job, state } = run;
    switch (state.is) {
      case 'lost':
        run.progress.stop();
        // BullMQ stops to renew the lock of the job with this id when its first run ends: that must not be the lock of the second.
        await run.successor?.ended;
        return new AbortError(`The lock of job ${job.id} was lost, so another worker may have it: its task was given up here.`, error);
      case 'returned':
        return await this.#giveBack(run, new PoolClosedError(`Job ${job.id} went back to its queue: its worker was closed by force.`));
      case 'cancelled':
        await run.progress.end();
        return new AbortError(`Job ${job.id} was cancelled: ${messageOf(state.reason)}`, state.reason);
      case 'running':
        await run.progress.end();
        return await this.#failedByItself(run, error);
    }
  }

  async #failedByItself(run: JobRun, error: unknown): Promise<unknown> {
    const code = error instanceof HoldfastError ? error.code : undefined;
    if (code === 'ERR_POOL_FAILED' || code === 'ERR_POOL_CLOSED') return await this.#withoutPool(run, error as HoldfastError);
    if (code === 'ERR_QUEUE_FULL') {
      return await movedOr(
        () => run.job.moveToDelayed(Date.now() + FULL_DELAY, run.token),
        () => moved('DelayedError', error),
        error,
      );
    }
    return failureOf(error);
  }

  /** Nothing will run here any more. A worker that went on would fail every job of its queue within seconds; others may do better. */
  async #withoutPool(run: JobRun, error: HoldfastError): Promise<unknown> {
    const { worker } = run;
    if (worker === undefined) return error;
    const stopped = worker.pause(true);
    worker.emit('error', error);
    await stopped;
    return await this.#giveBack(run, error);
  }

  #giveBack(run: JobRun, why: Error): Promise<unknown> {
    return movedOr(
      () => run.job.moveToWait(run.token),
      () => moved('WaitingError', why),
      why,
    );
  }

  async close(force: boolean): Promise<CloseReport> {
    const closing = [...this.#workers].map((worker) => worker.close());
    if (force) {
      this.#forced = true;
      this.#runs.returnAll();
      // Not after the workers: they may wait for a Redis that is away, and the threads should not.
      const [report] = await Promise.all([this.#pool.close({ force }), ...closing]);
      return report;
    }
    await Promise.all(closing);
    return await this.#pool.close();
  }
}

/** Moves a job, and says so; if it cannot be moved, its error stands, and BullMQ does with it what it does with others. */
async function movedOr(move: () => Promise<unknown>, done: () => Error, otherwise: unknown): Promise<unknown> {
  try {
    await move();
    return done();
  } catch {
    return otherwise;
  }
}

import { availableParallelism } from 'node:os';
import type { Timer } from '../core/clock.ts';
import type { BatchPool, Settlement } from './batch-pool.ts';
import { BatchError } from './errors.ts';
import { haltError, mustHalt } from './halt.ts';
import type { Inputs } from './job/inputs.ts';
import type { Outputs } from './job/outputs.ts';
import { writeJob } from './journal/job-file.ts';
import type { JobLog } from './journal/job-log.ts';
import { Journal } from './journal/journal.ts';
import { Recorder } from './journal/recorder.ts';
import { StalledReader } from './journal/stalled-reader.ts';
import { Input } from './lines/input.ts';
import { selection } from './lines/selection.ts';
import { TaskSource } from './lines/task-source.ts';
import type { BatchJob, BatchSeams } from './options.ts';
import { Throttle } from './pool/throttle.ts';
import type { BatchProgress, BatchSummary } from './progress.ts';

/** Characters of input that may be on their way, or of ordered records that wait for their turn; one line may always be. */
const MAX_WEIGHT = 67_108_864;
/** Milliseconds between two calls of `onProgress`. */
const PROGRESS = 250;

/** One run of one job, from the open files to the last record. */
export class BatchRun {
  readonly #job: BatchJob;
  readonly #seams: BatchSeams;
  readonly #pool: BatchPool;
  readonly #inputs: Inputs;
  readonly #outputs: Outputs;
  readonly #input: Input;
  readonly #source: TaskSource;
  readonly #journal: Journal;
  readonly #recorder: Recorder;
  readonly #startedAt: number;
  readonly #throttle: Throttle;
  readonly #reader: StalledReader;
  readonly #log: JobLog | undefined;
  #wake: (() => void) | undefined;
  #beat: Timer | undefined;
  #halted = false;
  /** The dead letters of lines that are run again are gone. */
  #cleared = false;

  constructor(job: BatchJob, seams: BatchSeams, pool: BatchPool, inputs: Inputs, outputs: Outputs, log?: JobLog) {
    this.#job = job;
    this.#log = log;
    this.#seams = seams;
    this.#pool = pool;
    this.#inputs = inputs;
    this.#outputs = outputs;
    this.#startedAt = seams.clock.now();
    this.#throttle = new Throttle(seams.clock, typeof job.pool.threads === 'number' ? job.pool.threads : availableParallelism());
    const { maxLine, deadLetters, ordered } = job;
    const { identity, state } = outputs;
    const expected = state?.state === 'running' ? state.position : undefined;
    const files = job.inputs.map((path, i) => ({ path, bytes: identity.inputs[i]!.bytes }));
    this.#input = new Input({ disk: seams.disk, files, stdin: seams.stdin, maxLine, format: job.format, expected });
    this.#source = new TaskSource({
      input: this.#input,
      paths: job.inputs,
      done: outputs.done,
      wants: selection(job),
      maxLine,
      deadLetters,
      exactNumbers: job.exactNumbers,
      gives: pool.form,
      window: this.#throttle.most,
      batch: job.batch,
      checkpoint: () => this.#mark(),
      onBad: (line, error) => {
        this.#recorder.bad(line, error);
        this.#lookForHalt();
      },
      onNote: job.onNote,
      room: () => this.#room(),
    });
    pool.onRetry((number, attempt) => this.#source.retried(number, attempt));
    this.#journal = new Journal({
      results: outputs.results,
      failed: outputs.failed,
      clock: seams.clock,
      sync: job.sync,
      checkpoint: (synced) => this.#checkpoint(synced),
      mayWrite: () => outputs.check(),
      onFailure: () => this.#stop(),
    });
    this.#recorder = new Recorder({
      journal: this.#journal,
      from: ordered ? outputs.done.firstMissing() : undefined,
      attemptsOf: (error) => pool.attemptsOf(error),
      take: (number) => this.#source.take(number),
      again: (lines) => this.#source.again(lines),
      log,
      gets: pool.form,
    });
    this.#reader = new StalledReader(seams.clock, outputs.results, this.#journal);
  }

  get progress(): BatchProgress {
    const { results, failed } = this.#outputs.earlier;
    const sizes = this.#inputs.sizes;
    return {
      done: results + this.#recorder.done,
      failed: failed + this.#recorder.failed,
      earlier: results + failed,
      kinds: this.#recorder.kinds,
      firstFailure: this.#recorder.firstFailure,
      retries: this.#pool.retries(),
      open: this.#source.open,
      longest: this.#source.longest,
      lines: this.#source.lines,
      bytes: this.#input.bytesRead,
      totalBytes: sizes.includes(undefined) ? undefined : (sizes as number[]).reduce((sum, size) => sum + size, 0),
    };
  }

  /** Runs the lines without a record. Rejects with the first cause if the job has to stop half way; every settled line is recorded. */
  async run(): Promise<BatchSummary> {
    const { signal } = this.#job;
    const drain = () => this.#drain();
    signal?.addEventListener('abort', drain);
    if (signal?.aborted) drain();
    this.#source.beat(this.#startedAt);
    this.#job.onProgress(this.progress); // What was there before, also to one who does not hear from this run again.
    this.#armBeat();
    try {
      const settlements = this.#pool.mapSettled(this.#source.tasks, { ordered: false, window: this.#throttle.most });
      for await (const first of settlements) {
        let settlement: Settlement | undefined = first;
        while (settlement !== undefined && this.#journal.failure === undefined) {
          this.#settle(settlement);
          settlement = this.#journal.full ? undefined : settlements.poll();
        }
        if (this.#journal.failure !== undefined) break;
        if (this.#journal.full) await this.#journal.room();
      }
      await this.#journal.mark();
    } catch (error) {
      await this.#journal.mark().catch(() => {});
      throw this.#journal.failure ?? error;
    } finally {
      signal?.removeEventListener('abort', drain);
      this.#seams.clock.clearTimeout(this.#beat);
      this.#reader.stop();
      this.#awake();
      await this.#journal.close();
      await this.#log?.close();
    }
    if (this.#source.failure !== undefined) throw this.#source.failure;
    if (this.#halted) throw haltError(this.#job.halt, this.#recorder.failed, this.#recorder.firstFailure);
    const [leftOut] = this.#input.leftOut;
    if (this.#source.ended && leftOut !== undefined) throw new BatchError('ERR_BATCH_INPUT_CHANGED', leftOut, { phase: 'during' });
    return this.#summary();
  }

  #summary(): BatchSummary {
    const { out, failed, onProgress } = this.#job;
    const progress = this.progress;
    onProgress(progress);
    const outcome = this.#source.ended ? 'complete' : 'interrupted';
    return { ...progress, outcome, ms: this.#seams.clock.now() - this.#startedAt, out, failedPath: failed };
  }

  #settle(settlement: Settlement): void {
    try {
      this.#recorder.settle(settlement);
      this.#throttle.settled();
      this.#awake();
      if (settlement.status === 'rejected' || this.#pool.form === 'lines') this.#lookForHalt();
    } catch (error) {
      // Leaving the loop waits for the source, and the source must not wait for a settlement then.
      this.#drain();
      throw error;
    }
  }

  /** Before the first task: then the input is known to be the right one. */
  async #mark(): Promise<void> {
    await this.#journal.mark();
    const { failed, results, kind } = this.#outputs;
    if (!this.#job.retryFailed || this.#cleared || kind === 'stream') return;
    this.#cleared = true;
    // In this order: a job file that names more bytes than there are would be taken for damage.
    await this.#checkpoint({ results: results.synced, failed: 0 });
    await failed.clear();
  }

  #lookForHalt(): void {
    const { done, failed } = this.#recorder;
    if (this.#halted || !mustHalt(this.#job.halt, done, failed)) return;
    this.#halted = true;
    this.#drain();
  }

  #drain(): void {
    this.#source.drain();
    this.#awake();
    if (this.#outputs.kind === 'stream') this.#reader.watch();
  }

  /** Wakes those parts that wait for room. */
  #awake(): void {
    if (this.#wake === undefined) return;
    this.#wake();
    this.#wake = undefined;
  }

  /** The first cause is kept by the journal; the pool is stopped, because tasks that cannot be recorded need not finish. */
  #stop(): void {
    this.#drain();
    this.#pool.close({ force: true }).catch(() => {});
  }

  async #checkpoint(synced: { results: number; failed: number }): Promise<void> {
    if (this.#outputs.kind === 'stream') return;
    // Until the input is known to be the right one, the place in the job file is the better one.
    if (!this.#input.verified) return;
    const { files, position } = this.#input;
    const { identity } = this.#outputs;
    const inputs = identity.inputs.map(({ path }, i) => ({ path, bytes: files[i]!.bytes }));
    await writeJob(this.#seams.disk, this.#outputs.path, { ...identity, inputs }, { state: 'running', position, synced });
  }

  #room(): Promise<void> | undefined {
    const { open, weight } = this.#source;
    if (open >= this.#throttle.limit || (open > 0 && (weight > MAX_WEIGHT || this.#recorder.waiting > MAX_WEIGHT))) {
      return new Promise((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#journal.full ? this.#journal.room() : this.#log?.room;
  }

  #armBeat(): void {
    this.#beat = this.#seams.clock.setTimeout(() => {
      this.#source.beat(this.#seams.clock.now());
      this.#job.onProgress(this.progress);
      this.#armBeat();
    }, PROGRESS);
  }
}

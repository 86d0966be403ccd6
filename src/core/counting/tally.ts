import type { AttemptEnd, FailureKind } from '../failure.ts';
import { Bounds, DEFAULT_BOUNDS, TimeHistogram } from './histogram.ts';

/** A counter per label value. */
export class LabelCounts {
  readonly values: Map<string, number> = new Map();

  add(label: string, by = 1): void {
    this.values.set(label, (this.values.get(label) ?? 0) + by);
  }

  get(label: string): number {
    return this.values.get(label) ?? 0;
  }

  get total(): number {
    let total = 0;
    for (const count of this.values.values()) total += count;
    return total;
  }
}

/**
 * What the thread time of an attempt was for.
 *
 * - `result`: it gave an outcome that its task could have
 * - `copy`: another copy of its task gave the same, or was faster
 * - `failed`: it failed, or had to be run again through no fault of its own
 * - `aborted`: its caller, or the pool, gave its task up
 */
export type TimeUse = 'result' | 'copy' | 'failed' | 'aborted';

const USE_OF: Readonly<Record<AttemptEnd, TimeUse>> = {
  ok: 'result',
  error: 'failed',
  crash: 'failed',
  oom: 'failed',
  timeout: 'failed',
  clone: 'failed',
  startup: 'failed',
  interrupted: 'failed',
  lost: 'copy',
  aborted: 'aborted',
};

/** The histograms of a pool, or of one export. Times in milliseconds. */
export class TaskTimes {
  /** From acceptance to the start of the first attempt, or to the settlement of a task that never started. */
  readonly queue: TimeHistogram;
  /** Run time of every attempt that has ended, whatever ended it. */
  readonly run: TimeHistogram;
  /** From acceptance to settlement. */
  readonly total: TimeHistogram;

  constructor(bounds: Bounds = DEFAULT_BOUNDS) {
    this.queue = new TimeHistogram(bounds);
    this.run = new TimeHistogram(bounds);
    this.total = new TimeHistogram(bounds);
  }
}

/** What is counted per exported function. */
export class TaskTally {
  readonly name: string;
  /** `file:` URL of the task module, if it is not the pool's own. */
  readonly module: string | undefined;
  readonly times: TaskTimes;
  accepted = 0;
  fulfilled = 0;
  /** Accepted tasks that were rejected, by failure kind; those of kind `timeout` by the phase as well. */
  readonly rejected: LabelCounts = new LabelCounts();
  readonly timedOut: LabelCounts = new LabelCounts();
  /** Attempts that gave a result, and their run time in milliseconds. */
  attemptsOk = 0;
  okMs = 0;
  /** Attempts that ended without a result that was wanted, by how. */
  readonly attemptsFailed: LabelCounts = new LabelCounts();
  /** Results that had the vote of another copy beside them. */
  #copyMs = 0;
  /** Thread time of attempts without a result, by what it was for. */
  readonly #otherMs: Record<TimeUse, number> = { result: 0, copy: 0, failed: 0, aborted: 0 };
  readonly retries: LabelCounts = new LabelCounts();
  readonly ballots: LabelCounts = new LabelCounts();
  readonly conflicts: LabelCounts = new LabelCounts();
  readonly hedges: LabelCounts = new LabelCounts();
  /** It has been run in copies that vote, or with a hedge. */
  votes = false;
  hedged = false;

  constructor(name: string, module?: string, times: TaskTimes = new TaskTimes()) {
    this.name = name;
    this.module = module;
    this.times = times;
  }

  /** Attempts that began and have ended. */
  get ended(): number {
    return this.attemptsOk + this.attemptsFailed.total;
  }

  /** Milliseconds of thread time of attempts that have ended, by what they were for. */
  get spent(): Readonly<Record<TimeUse, number>> {
    const { copy, failed, aborted } = this.#otherMs;
    return { result: this.okMs - this.#copyMs, copy: copy + this.#copyMs, failed, aborted };
  }

  /** An attempt that had begun has ended. @param again another copy of the task has a vote beside it */
  attemptEnded(end: AttemptEnd, ms: number, again: boolean): void {
    this.times.run.observe(ms);
    if (end === 'ok') {
      this.attemptsOk++;
      this.okMs += ms;
      if (again) this.#copyMs += ms;
    } else {
      this.attemptsFailed.add(end);
      this.#otherMs[USE_OF[end]] += ms;
    }
  }

  /** @param phase of a time-out */
  rejectedBy(kind: FailureKind, phase: string | undefined): void {
    this.rejected.add(kind);
    if (phase !== undefined) this.timedOut.add(phase);
  }
}

/** Names beyond this many are counted together: a program may take them from its users, and series must not grow without end. */
const MAX_NAMES = 100;
const OTHERS = '(others)';

/** How the times of tasks are counted. */
export interface TallyOptions {
  /** Upper bounds of the buckets, in seconds. */
  readonly buckets?: readonly number[] | undefined;
  /** `task`: each export has histograms of its own. */
  readonly histograms?: 'pool' | 'task' | undefined;
}

/** Everything that a pool counts. Plain numbers: counting must not cost a task anything. */
export class Tally {
  readonly tasks: Map<string, TaskTally> = new Map();
  /** Times of all tasks; unused where each export has its own. */
  readonly times: TaskTimes;
  readonly histograms: 'pool' | 'task';
  readonly bounds: Bounds;
  /** Tasks that were not accepted, by why not. */
  readonly refused: LabelCounts = new LabelCounts();
  readonly threadStarts: LabelCounts = new LabelCounts();
  readonly threadExits: LabelCounts = new LabelCounts();
  readonly startup: TimeHistogram;
  readonly takeover: TimeHistogram;
  lateMessages = 0;
  lateErrors = 0;
  /** Attempts that were given back or charged because their node was lost. */
  nodeReruns = 0;

  constructor({ buckets, histograms = 'pool' }: TallyOptions = {}) {
    this.bounds = buckets === undefined ? DEFAULT_BOUNDS : new Bounds(buckets);
    this.histograms = histograms;
    this.times = new TaskTimes(this.bounds);
    this.startup = new TimeHistogram(this.bounds);
    this.takeover = new TimeHistogram(this.bounds);
  }

  /** @param module `file:` URL of the task module, if it is not the pool's own */
  task(name: string, module?: string): TaskTally {
    const key = module === undefined ? name : `${module}#${name}`;
    const known = this.tasks.get(key);
    if (known !== undefined) return known;
    if (this.tasks.size >= MAX_NAMES && name !== OTHERS) return this.task(OTHERS);
    const tally = new TaskTally(name, module, this.histograms === 'task' ? new TaskTimes(this.bounds) : this.times);
    this.tasks.set(key, tally);
    return tally;
  }
}

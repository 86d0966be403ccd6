/** Upper bounds of the time histograms, in seconds: 1 ms to 600 s. */
export const TIME_BUCKETS: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600,
];

const bucketsMs = TIME_BUCKETS.map((seconds) => seconds * 1000);

/** A histogram that costs an addition and a few comparisons; prom-client reads it when it is scraped. */
export class TimeHistogram {
  /** Per bucket, not cumulative; the last one is everything above. */
  readonly counts: number[] = new Array<number>(bucketsMs.length + 1).fill(0);
  /** Milliseconds. */
  sum = 0;
  count = 0;

  observe(ms: number): void {
    let bucket = 0;
    while (bucket < bucketsMs.length && ms > bucketsMs[bucket]!) bucket++;
    this.counts[bucket]!++;
    this.sum += ms;
    this.count++;
  }
}

/** A counter per label value. */
export class LabelCounts {
  readonly values: Map<string, number> = new Map();

  add(label: string, by = 1): void {
    this.values.set(label, (this.values.get(label) ?? 0) + by);
  }

  get(label: string): number {
    return this.values.get(label) ?? 0;
  }
}

/** What is counted per exported function. */
export class TaskTally {
  readonly name: string;
  /** `file:` URL of the task module, if it is not the pool's own. */
  readonly module: string | undefined;
  submitted = 0;
  fulfilled = 0;
  /** Rejected tasks by failure kind. */
  readonly rejected: LabelCounts = new LabelCounts();
  attemptsOk = 0;
  /** Failed attempts by failure kind. */
  readonly attemptsFailed: LabelCounts = new LabelCounts();
  readonly retries: LabelCounts = new LabelCounts();
  readonly queueTime: TimeHistogram = new TimeHistogram();
  readonly runTime: TimeHistogram = new TimeHistogram();

  constructor(name: string, module?: string) {
    this.name = name;
    this.module = module;
  }
}

/** Names beyond this many are counted together: a program may take them from its users, and series must not grow without end. */
const MAX_NAMES = 100;
const OTHERS = '(others)';

/** Everything that a pool counts. Plain numbers: counting must not cost a task anything. */
export class Tally {
  readonly tasks: Map<string, TaskTally> = new Map();
  readonly threadStarts: LabelCounts = new LabelCounts();
  readonly threadExits: LabelCounts = new LabelCounts();
  readonly startup: TimeHistogram = new TimeHistogram();
  readonly takeover: TimeHistogram = new TimeHistogram();
  readonly conflicts: LabelCounts = new LabelCounts();
  readonly ballots: LabelCounts = new LabelCounts();
  readonly hedges: LabelCounts = new LabelCounts();
  lateMessages = 0;
  lateErrors = 0;

  /** @param module `file:` URL of the task module, if it is not the pool's own */
  task(name: string, module?: string): TaskTally {
    const key = module === undefined ? name : `${module}#${name}`;
    const known = this.tasks.get(key);
    if (known !== undefined) return known;
    if (this.tasks.size >= MAX_NAMES && name !== OTHERS) return this.task(OTHERS);
    const tally = new TaskTally(name, module);
    this.tasks.set(key, tally);
    return tally;
  }
}

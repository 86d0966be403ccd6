import type { BatchProgress } from '../../../batch/index.ts';
import type { Pool } from '../../../index.ts';
import type { Carried } from '../carried.ts';
import { expectedLines } from '../display/pace.ts';

type Value = readonly [labels: Readonly<Record<string, string>>, value: number];

/** How far a job is, at the time of a scrape. */
export interface JobNow {
  /** Progress of this manager. */
  readonly progress: BatchProgress;
  /** In the runs before it, and in this one. */
  readonly carried: Carried;
  /** Milliseconds until it is done, as the display guesses them; undefined as long as nothing sensible can be said. */
  readonly left: number | undefined;
}

interface JobMetric {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly labels: readonly string[];
  readonly help: string;
  read(job: JobNow): readonly Value[];
}

const one = (value: number | undefined): readonly Value[] => (value === undefined ? [] : [[{}, value]]);
const finished = ({ done, failed }: BatchProgress): number => done + failed;

function added(kinds: Readonly<Record<string, number>>, more: Readonly<Record<string, number>>): Record<string, number> {
  const sum: Record<string, number> = { ...kinds };
  for (const [kind, count] of Object.entries(more)) sum[kind] = (sum[kind] ?? 0) + count;
  return sum;
}

/** 0 to 1, by lines that are finished: a line that hangs keeps it from being 1. */
function ratio({ progress }: JobNow): number | undefined {
  const expected = expectedLines(progress);
  return expected === undefined || expected === 0 ? undefined : Math.min(1, finished(progress) / expected);
}

/** The metrics of a job, beside those of its pool; docs/metrics.md lists them. */
export const JOB_METRICS: readonly JobMetric[] = [
  {
    name: 'job_lines',
    type: 'gauge',
    labels: ['state'],
    help: 'Lines of the job by state, those of earlier runs included.',
    read: ({ progress: { done, failed, open } }) => [
      [{ state: 'done' }, done],
      [{ state: 'failed' }, failed],
      [{ state: 'open' }, open],
    ],
  },
  {
    name: 'job_progress_ratio',
    type: 'gauge',
    labels: [],
    help: 'Part of the lines that is finished, 0 to 1; absent where the end of the input is not known.',
    read: (job) => one(ratio(job)),
  },
  {
    name: 'job_remaining_seconds',
    type: 'gauge',
    labels: [],
    help: 'Time until the job is done, at its latest speed; absent as long as nothing sensible can be said.',
    read: ({ left }) => one(left === undefined ? undefined : left / 1000),
  },
  {
    name: 'job_dead_letters_total',
    type: 'counter',
    labels: ['kind'],
    help: 'Dead letters of this call by kind, over all its managers.',
    read: ({ progress, carried }) =>
      Object.entries(added({ error: 0, crash: 0, timeout: 0, ...carried.kinds }, progress.kinds)).map(([kind, count]) => [{ kind }, count]),
  },
  {
    name: 'job_retries_total',
    type: 'counter',
    labels: [],
    help: 'Attempts of this call that were begun again after a failure, over all its managers.',
    read: ({ progress, carried }) => one(progress.retries + carried.retries),
  },
  {
    name: 'job_managers_total',
    type: 'counter',
    labels: [],
    help: 'Managers of this call: 1, and one more for each that has died.',
    read: ({ carried }) => one(carried.managers),
  },
  {
    name: 'job_longest_line_seconds',
    type: 'gauge',
    labels: [],
    help: 'For how long the line that has been with the pool longest has been there, if longer than five seconds; otherwise 0.',
    read: ({ progress }) => one((progress.longest[0]?.ms ?? 0) / 1000),
  },
];

/** Puts the metrics of a job beside those of its pool. */
export function addJobMetrics({ metrics }: Pool, now: () => JobNow | undefined): void {
  const { register, pool } = metrics;
  for (const { name, type, labels, help, read } of JOB_METRICS) {
    const about = { name: `holdfast_${name}`, type, help, aggregator: 'sum' };
    const values = (): { labels: object; value: number }[] => {
      const job = now();
      return job === undefined ? [] : read(job).map(([given, value]) => ({ labels: { pool, ...given }, value }));
    };
    // What a registry of prom-client asks of a metric.
    const metric = { ...about, labelNames: ['pool', ...labels], get: async () => ({ ...about, values: values() }), reset: () => {} };
    register.registerMetric(metric as never);
  }
}

import { type SourceFile, totalBytes } from './files.ts';
import type { Finding } from './task.ts';
import type { Threaded } from './threads.ts';

export interface Run {
  readonly files: readonly SourceFile[];
  readonly threaded: Threaded;
  /** Milliseconds by the wall clock. */
  readonly aloneMs: number;
  readonly threadedMs: number;
}

const count = (n: number): string => n.toLocaleString('en-US');
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** What happened, line by line: name and figure. */
export function rows({ files, threaded, aloneMs, threadedMs }: Run): [string, string][] {
  const { losses, takeovers, threads, findings } = threaded;
  const quantile = (q: number): string => (takeovers.count === 0 ? 'none' : `at most ${count(takeovers.quantile(q))} ms`);
  return [
    [
      'tasks',
      `${count(files.length)} files, ${(totalBytes(files) / 1_048_576).toFixed(1)} MB, ${unparsable(findings)} of them not JavaScript`,
    ],
    ['attempts', count(files.length + losses.retriesInAll)],
    ...[...losses.retries].sort().map(([kind, causes]): [string, string] => [`retries after ${kind}`, byCause(causes)]),
    ...(losses.doubled === 0 ? [] : [['files that were given twice the time', count(losses.doubled)] as [string, string]]),
    ['threads replaced', count(losses.threadsReplaced)],
    ['time lost in failed attempts', `${seconds(losses.wasted)} of ${seconds(threadedMs * threads)} thread time`],
    ['time lost in take-overs', `${seconds(takeovers.sum)} in ${count(takeovers.count)}`],
    ['take-over, p50', quantile(0.5)],
    ['take-over, p99', quantile(0.99)],
    ['alone, without faults', seconds(aloneMs)],
    [`${threads} threads, with faults`, seconds(threadedMs)],
  ];
}

/** The sum, and what it is the sum of: the fault that the plan had in store. */
function byCause(causes: ReadonlyMap<string, number>): string {
  const sum = [...causes.values()].reduce((total, n) => total + n, 0);
  return `${count(sum)} (${[...causes]
    .sort()
    .map(([cause, n]) => `${count(n)} ${cause === 'none' ? 'without a fault' : cause}`)
    .join(', ')})`;
}

function unparsable(findings: readonly Finding[]): number {
  return findings.filter(({ kind }) => kind === 'unparsable').length;
}

/** Two columns. */
export function table(lines: readonly (readonly [string, string])[]): string {
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, figure]) => `  ${name.padEnd(width)}  ${figure}`).join('\n');
}

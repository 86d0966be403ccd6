import type { Clock } from '../core/clock.ts';
import { hrefOf, isAbortSignal, ownOf } from '../core/foreign/foreign.ts';
import type { BatchPool, LineCall } from './batch-pool.ts';
import type { Claim } from './claim.ts';
import { BatchError } from './errors.ts';
import type { HaltRule } from './halt.ts';
import type { SyncRule } from './journal/journal.ts';
import type { InputFormat } from './lines/format.ts';
import type { Disk, DiskFile } from './machine/disk.ts';
import type { Processes, ProcessName } from './machine/processes.ts';
import type { BatchProgress } from './progress.ts';

/** What belongs to the job; all other options of `runBatch` are those of the pool. */
export interface BatchJobOptions {
  /** Task module. A relative path is taken from the working directory. */
  filename: string | URL;
  /** Which export of it. @default 'default' */
  name?: string | undefined;
  /** Files of JSON lines, read one after another; `-` is standard input; `.gz` files are unpacked. */
  input: string | readonly string[];
  /** Results; `-` is standard output, which is no journal. A name ending in `.gz` is packed. */
  out: string;
  /** Dead letters. Must be given if `out` is a pipe or a device. @default `results.failed.ndjson` beside `results.ndjson` */
  failed?: string | undefined;
  /** Go on from what `out` and `failed` hold. Without anything there, the job begins. @default false */
  resume?: boolean | undefined;
  /** Like `resume`, and the lines with a dead letter are run again, in place: their dead letters go once the input is known to be the same. Not with `ordered`. @default false */
  retryFailed?: boolean | undefined;
  /** Throw away what `out` and `failed` hold. @default false */
  overwrite?: boolean | undefined;
  /** What a line of input is: a JSON value, its text, its text up to a zero byte, or a row of CSV. @default 'json' */
  format?: InputFormat | undefined;
  /** Lines at the beginning of the input that are left out. @default 0 */
  skip?: number | undefined;
  /** Lines behind them that are run, at most. A later run without it does the rest. @default all */
  limit?: number | undefined;
  /** Share of the lines that is run, drawn evenly, the same each time. @default 1 */
  sample?: number | undefined;
  /** Results in the order of the input; `false`: as they come. @default false */
  ordered?: boolean | undefined;
  /**
   * Lines a call, at most. Above 1 the task is called with an array of inputs, and returns an array with a result for each, in their
   * order. The lines of a call that fails are run again in calls of their own. Not with `quarantine`. @default 1
   */
  batch?: number | undefined;
  /**
   * File of tab-separated values to which every line adds when it ran, for how long, at which attempt and with which outcome. It is a log and no
   * journal: after a crash of the program its last entries may be missing or appear twice. Not with `redundancy` or `quarantine`. @default none
   */
  joblog?: string | undefined;
  /** Load the task module, read the inputs, and tell what would be run; run and write nothing. Not with `resume`. @default false */
  dryRun?: boolean | undefined;
  /** When records are forced onto the disk: after this many milliseconds, `'always'` or `'never'`. @default 1_000 */
  sync?: SyncRule | undefined;
  /** Bytes of the longest line. A longer one becomes a dead letter. @default 16 MiB */
  maxLine?: number | undefined;
  /** The input is dead letters of an earlier job: run their inputs again. @default false */
  deadLetters?: boolean | undefined;
  /** A line with a number that JavaScript cannot hold exactly (above 2^53, or with too many digits) is a dead letter; `false`: a note. @default false */
  exactNumbers?: boolean | undefined;
  /** When dead letters stop the job. @default 'all fail': a hundred of them, and no result */
  halt?: HaltRule | undefined;
  /** Resume although the task module has changed. @default false */
  allowChangedTask?: boolean | undefined;
  /** Aborting it drains the job: nothing new is begun, what has begun is finished and recorded. @default none */
  signal?: AbortSignal | undefined;
  /** Called at the beginning, about four times a second, and at the end. @default none */
  onProgress?: ((progress: BatchProgress) => void) | undefined;
  /** Called with the remarks a person should see: what was cut, what has grown. @default none */
  onNote?: ((note: string) => void) | undefined;
  /** Called when the pool is there, for its metrics. @default none */
  onPool?: ((pool: BatchPool) => void) | undefined;
}

/** What the job stands on; tests put their own below. */
export interface BatchSeams {
  /** The file system. */
  readonly disk: Disk;
  /** The processes of this machine. */
  readonly processes: Processes;
  /** Time, and timers. */
  readonly clock: Clock;
  /** Standard input, taken only when it is read. */
  readonly stdin: () => AsyncIterable<Buffer>;
  /** Standard output, taken only when it is written. */
  readonly stdout: () => DiskFile;
  /** Process that looks after this one. */
  readonly parent?: ProcessName | undefined;
  /** Which of the runs that were started for the same job may write. */
  readonly claim?: Claim | undefined;
  /** Makes the pool that runs the lines. */
  readonly createPool: (options: Record<string, unknown>, call: LineCall) => BatchPool;
}

/** Options with their defaults filled in. */
export interface BatchJob {
  readonly filename: string | URL;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly out: string;
  readonly failed: string;
  /** Where that name is from: given, or made from `out`'s. */
  readonly failedFrom: 'caller' | 'out';
  readonly resume: boolean;
  readonly retryFailed: boolean;
  readonly overwrite: boolean;
  readonly format: InputFormat;
  readonly skip: number;
  readonly limit: number;
  readonly sample: number;
  readonly ordered: boolean;
  readonly batch: number;
  readonly joblog: string | undefined;
  readonly dryRun: boolean;
  readonly sync: SyncRule;
  readonly maxLine: number;
  readonly deadLetters: boolean;
  readonly exactNumbers: boolean;
  readonly halt: HaltRule;
  readonly allowChangedTask: boolean;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (progress: BatchProgress) => void;
  readonly onNote: (note: string) => void;
  readonly onPool: (pool: BatchPool) => void;
  /** What is left is the pool's. */
  readonly pool: Record<string, unknown>;
}

/** Longest line by default, in bytes. */
export const DEFAULT_MAX_LINE = 16_777_216;
/** Milliseconds between two times that records are forced onto the disk, by default. */
export const DEFAULT_SYNC = 1_000;

const FORMATS: readonly string[] = ['json', 'lines', 'nul', 'csv'];

/** Where the dead letters of `out` go by default. */
export function failedPathOf(out: string): string {
  if (out === '-') return 'failed.ndjson';
  const [, stem, ending] = /^(.*?)((?:\.(?:ndjson|jsonl|json|txt))?(?:\.gz)?)$/s.exec(out)!;
  return `${stem}.failed${ending}`;
}

function bad(option: string, expected: string, got: unknown): BatchError {
  const shown = typeof got === 'number' ? String(got) : (JSON.stringify(got) ?? typeof got);
  return new BatchError('ERR_BATCH_OPTION', `${option}: expected ${expected}, got ${shown}.`);
}

function check<T>(option: string, value: unknown, fallback: T, expected: string, holds: (value: unknown) => boolean): T {
  if (value === undefined) return fallback;
  if (!holds(value)) throw bad(option, expected, value);
  return value as T;
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isFlag = (value: unknown): boolean => typeof value === 'boolean';
const isFunction = (value: unknown): boolean => typeof value === 'function';
const isWhole = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 1;

function isHalt(value: unknown): boolean {
  if (value === 'never' || value === 'all fail') return true;
  const { failed, share } = (value ?? {}) as { failed?: unknown; share?: unknown };
  return share === undefined ? isWhole(failed) : failed === undefined && typeof share === 'number' && share > 0 && share <= 1;
}

/** Checks a job's options and fills in the defaults. Throws `ERR_BATCH_OPTION`; what is not its own is left to the pool. */
export function resolveJob(options: BatchJobOptions & Record<string, unknown>): BatchJob {
  const { filename, name, input, out, failed, resume, overwrite, ordered, sync, maxLine, deadLetters, ...others } = ownOf(options);
  const { exactNumbers, halt, retryFailed, format, skip, limit, sample, batch, joblog, dryRun, ...rest } = others;
  const { allowChangedTask, signal, onProgress, onNote, onPool, ...pool } = rest;
  const flag = (option: string, value: unknown) => check(option, value, false, 'true or false', isFlag);
  const listener = (option: string, value: unknown) => check(option, value, () => {}, 'a function', isFunction);
  const inputs = typeof input === 'string' ? [input] : input;
  if (!isText(filename) && hrefOf(filename) === undefined) throw bad('filename', 'a path or a URL', filename);
  if (!Array.isArray(inputs) || inputs.length === 0 || !inputs.every(isText))
    throw bad('input', 'a path, or a list of at least one', input);
  if (inputs.filter((path) => path === '-').length > 1) throw bad('input', '- at most once', input);
  if (!isText(out)) throw bad('out', 'a path, or - for standard output', out);
  const isSync = (value: unknown): boolean => value === 'always' || value === 'never' || isWhole(value);
  const job: BatchJob = {
    filename,
    name: check('name', name, 'default', 'the name of an export', isText),
    inputs: [...inputs],
    out,
    failed: check('failed', failed, failedPathOf(out), 'a path', (value) => isText(value) && value !== '-'),
    failedFrom: failed === undefined && out !== '-' ? 'out' : 'caller',
    resume: flag('resume', resume) || flag('retryFailed', retryFailed),
    retryFailed: flag('retryFailed', retryFailed),
    overwrite: flag('overwrite', overwrite),
    format: check('format', format, 'json', "'json', 'lines', 'nul' or 'csv'", (value) => FORMATS.includes(value as string)),
    skip: check('skip', skip, 0, 'a whole number of lines', (value) => value === 0 || isWhole(value)),
    limit: check('limit', limit, Number.MAX_SAFE_INTEGER, 'a whole number of lines', isWhole),
    sample: check('sample', sample, 1, 'a share, above 0 and up to 1', (value) => typeof value === 'number' && value > 0 && value <= 1),
    ordered: flag('ordered', ordered),
    batch: check('batch', batch, 1, 'a whole number of lines, at least 1', isWhole),
    joblog: check('joblog', joblog, undefined, 'a path', (value) => isText(value) && value !== '-'),
    dryRun: flag('dryRun', dryRun),
    sync: check('sync', sync, DEFAULT_SYNC, "milliseconds, 'always' or 'never'", isSync),
    maxLine: check(
      'maxLine',
      maxLine,
      DEFAULT_MAX_LINE,
      'a whole number of bytes, from 1 to 268435456',
      (value) => isWhole(value) && (value as number) <= 268_435_456,
    ),
    deadLetters: flag('deadLetters', deadLetters),
    exactNumbers: flag('exactNumbers', exactNumbers),
    halt: check('halt', halt, 'all fail', "'never', 'all fail', { failed: a whole number } or { share: from 0 to 1 }", isHalt),
    allowChangedTask: flag('allowChangedTask', allowChangedTask),
    signal: check('signal', signal, undefined, 'an AbortSignal', isAbortSignal),
    onProgress: listener('onProgress', onProgress),
    onNote: listener('onNote', onNote),
    onPool: listener('onPool', onPool),
    pool,
  };
  if (job.retryFailed && job.ordered) {
    throw bad(
      'retryFailed',
      'false together with ordered, because results cannot be put between others: feed the dead letters to a job of their own (deadLetters)',
      true,
    );
  }
  if (job.ordered && (job.skip > 0 || job.sample < 1))
    throw bad('ordered', 'false together with skip or sample, because results in order have no gaps', true);
  if (job.deadLetters && job.format !== 'json') throw bad('format', "'json' for dead letters", job.format);
  if (job.resume && job.overwrite) throw bad('overwrite', 'false together with resume', true);
  if (job.dryRun && job.resume) throw bad('dryRun', 'false together with resume', true);
  if (job.batch > 1 && pool.quarantine) throw bad('batch', '1 together with quarantine, because a call has no single key', job.batch);
  for (const option of ['redundancy', 'quarantine'])
    if (job.joblog !== undefined && pool[option]) throw bad('joblog', `undefined together with ${option}`, job.joblog);
  if (job.resume && out === '-') throw bad('resume', 'a file as out, because standard output is no journal', '-');
  return job;
}

import { inspect } from 'node:util';
import { ownOf } from '../../core/foreign/foreign.ts';
import { InvalidOptionError, type RunOptions } from '../../index.ts';
import type { BullJob } from './job.ts';

/** Options of `run` that are the same for a job; its signal, its progress and its export have their own ways. */
export type RunSettings = Omit<RunOptions, 'name' | 'signal' | 'onProgress' | 'transferList'>;

/** Options of `processor`. */
export interface ProcessorOptions {
  /** Which export of the task module is called; a function chooses it by the job: `(job) => job.name`. @default the pool's */
  readonly name?: string | ((job: BullJob) => string) | undefined;
  /**
   * `true`: the job's data is an array, each of its items is a task, and the result is the array of their results. The first failure fails the
   * job and cancels the rest. `'settled'`: the job's result is an array of outcomes, and no task fails it. @default false
   */
  readonly bundle?: boolean | 'settled' | undefined;
  /** What the task is given of a job. With `bundle` it must return an array. @default (job) => job.data */
  readonly input?: ((job: BullJob) => unknown) | undefined;
  /** Options of `run` for the tasks of a job, such as `timeout` and `retry`, or a function that makes them. @default the pool's */
  readonly run?: RunSettings | ((job: BullJob) => RunSettings) | undefined;
}

/** What stands in the result of a job for each item of its data, with `bundle: 'settled'`; plain enough for JSON. */
export type ItemOutcome<Result = unknown> =
  | { readonly status: 'fulfilled'; readonly value: Result }
  | {
      readonly status: 'rejected';
      readonly reason: { readonly name: string; readonly message: string; readonly code?: string | undefined };
    };

/** The same, checked. */
export interface Settings {
  readonly bundle: false | 'all' | 'settled';
  nameOf(job: BullJob): string | undefined;
  inputOf(job: BullJob): unknown;
  runOf(job: BullJob): RunSettings;
}

export function wrong(path: string, expected: string, value: unknown): never {
  const got = inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY, maxStringLength: 60 }).slice(0, 120);
  throw new InvalidOptionError(`${path}: Expected ${expected}. Got ${got}.`);
}

const KNOWN = new Set(['name', 'bundle', 'input', 'run']);

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);

/** @throws {InvalidOptionError} `ERR_INVALID_OPTION` */
export function settingsOf(given: ProcessorOptions): Settings {
  if (!isObject(given)) return wrong('options', 'an object', given);
  const { name, bundle = false, input, run, ...rest } = ownOf(given);
  for (const other of Object.keys(rest)) wrong(`options.${other}`, `one of ${[...KNOWN].join(', ')}`, other);
  if (name !== undefined && typeof name !== 'function' && (typeof name !== 'string' || name === '')) {
    wrong('name', 'the name of an export, or a function that returns one', name);
  }
  if (bundle !== 'settled' && typeof bundle !== 'boolean') wrong('bundle', "true, false or 'settled'", bundle);
  if (input !== undefined && typeof input !== 'function') wrong('input', 'a function', input);
  if (run !== undefined && typeof run !== 'function' && !isObject(run)) wrong('run', 'options of run, or a function that makes them', run);
  return {
    bundle: bundle === true ? 'all' : bundle,
    nameOf: typeof name === 'function' ? name : () => name,
    inputOf: input ?? ((job) => job.data),
    runOf: typeof run === 'function' ? run : () => run ?? {},
  };
}

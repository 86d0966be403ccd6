import type { Tally } from '../core/tally.ts';
import type { Course, TaskSpec } from '../core/task.ts';
import { anyNumber, boolean, type Check, fn, type Shape, shaped, string, wrongType } from './checks.ts';
import { type ResolvedOptions, retry, timeout } from './pool-options.ts';
import type { RunOptions } from './types.ts';

const signal: Check<AbortSignal> = (value, path) => (value instanceof AbortSignal ? value : wrongType(path, 'an AbortSignal', value));
const list: Check<NonNullable<RunOptions['transferList']>> = (value, path) =>
  Array.isArray(value) ? value : wrongType(path, 'an array of transferable objects', value);

/** Turns the options of a call into a spec. Calls without options share one, so that they cost nothing. */
export class Specs {
  readonly #options: ResolvedOptions;
  readonly #tally: Tally;
  readonly #plain: Course;
  readonly #check: Check<Partial<Resolved>>;
  /** The spec of calls without options. */
  readonly standard: TaskSpec;

  constructor(options: ResolvedOptions, tally: Tally, plain: Course) {
    this.#options = options;
    this.#tally = tally;
    this.#plain = plain;
    this.#check = shaped<Resolved>(runShape(options));
    this.standard = this.#spec({});
  }

  /** @throws {InvalidOptionError | OptionRangeError} `ERR_INVALID_OPTION` */
  resolve(options: RunOptions): { spec: TaskSpec; given: Partial<Resolved> } {
    const given = this.#check(options, 'options');
    return { spec: this.#spec(given), given };
  }

  #spec(given: Partial<Resolved>): TaskSpec {
    const name = given.name ?? this.#options.name;
    return {
      name,
      limits: given.timeout ?? this.#options.timeout,
      retry: given.retry ?? this.#options.retry,
      idempotent: given.idempotent ?? this.#options.idempotent,
      priority: given.priority ?? 0,
      course: this.#plain,
      tally: this.#tally.task(name),
    };
  }
}

/** Run options in their final form. */
type Resolved = Required<Omit<RunOptions, 'timeout' | 'retry'>> & { timeout: TaskSpec['limits']; retry: TaskSpec['retry'] };

/** Every run option once: its check, on top of the pool's own settings. */
export function runShape(options: ResolvedOptions): Shape<Resolved> {
  return {
    name: string,
    timeout: timeout(options.timeout),
    retry: retry(options.retry),
    idempotent: boolean,
    priority: anyNumber,
    signal,
    transferList: list,
    key: string,
    onProgress: fn,
  };
}

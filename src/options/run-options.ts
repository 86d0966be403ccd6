import { isAbortSignal } from '../core/foreign/foreign.ts';
import type { Complete, Given } from '../core/foreign/given.ts';
import type { Tally } from '../core/tally.ts';
import type { TaskSpec } from '../core/task.ts';
import type { Courses } from '../policies/courses.ts';
import { anyNumber, boolean, type Check, fn, type Shape, shaped, string, wrongType } from './checks.ts';
import { type Competition, checkCompetition, hedgeRules, redundancyRules } from './competition.ts';
import { type ResolvedOptions, retry, timeout } from './pool-options.ts';
import type { RunOptions } from './types.ts';

const signal: Check<AbortSignal> = (value, path) => (isAbortSignal(value) ? value : wrongType(path, 'an AbortSignal', value));
const list: Check<NonNullable<RunOptions['transferList']>> = (value, path) =>
  Array.isArray(value) ? value : wrongType(path, 'an array of transferable objects', value);

/** Turns the options of a call into a spec. Calls without options share one, so that they cost nothing. */
export class Specs {
  readonly #options: ResolvedOptions;
  readonly #tally: Tally;
  readonly #courses: Courses;
  readonly #check: Check<Given<Resolved>>;
  /** The spec of calls without options. */
  readonly standard: TaskSpec;

  constructor(options: ResolvedOptions, tally: Tally, courses: Courses) {
    this.#options = options;
    this.#tally = tally;
    this.#courses = courses;
    this.#check = shaped<Resolved>(runShape(options));
    this.standard = this.#spec({});
  }

  /** @throws {InvalidOptionError | OptionRangeError} `ERR_INVALID_OPTION` */
  resolve(options: RunOptions): { spec: TaskSpec; given: Given<Resolved> } {
    const given = this.#check(options, 'options');
    return { spec: this.#spec(given), given };
  }

  #spec(given: Given<Resolved>): TaskSpec {
    const name = given.name ?? this.#options.name;
    const idempotent = given.idempotent ?? this.#options.idempotent;
    const competition = this.#competition(given);
    const retry = given.retry ?? this.#options.retry;
    checkCompetition(competition, { idempotent, transferList: given.transferList !== undefined });
    return {
      name,
      limits: given.timeout ?? this.#options.timeout,
      retry,
      idempotent,
      priority: given.priority ?? 0,
      course: this.#courses.of(competition),
      tally: this.#tally.task(name),
      asks: retry.shouldRetry !== undefined || votesByFunction(competition),
    };
  }

  /** A call's own redundancy takes the place of the pool's hedge; a hedge does not take the place of a vote. */
  #competition(given: Given<Resolved>): Competition {
    const { redundancy = this.#options.redundancy, hedge } = given;
    return { redundancy, hedge: hedge ?? (redundancy === false ? this.#options.hedge : false) };
  }
}

function votesByFunction({ redundancy }: Competition): boolean {
  return redundancy !== false && (typeof redundancy.equal === 'function' || typeof redundancy.resolve === 'function');
}

/** Run options in their final form. */
type Resolved = Complete<Omit<RunOptions, 'timeout' | 'retry' | keyof Competition>> &
  Competition & { timeout: TaskSpec['limits']; retry: TaskSpec['retry'] };

/** Every run option once: its check, on top of the pool's own settings. */
export function runShape(options: ResolvedOptions): Shape<Resolved> {
  return {
    name: string,
    timeout: timeout(options.timeout),
    retry: retry(options.retry),
    idempotent: boolean,
    redundancy: redundancyRules,
    hedge: hedgeRules,
    priority: anyNumber,
    signal,
    transferList: list,
    key: string,
    onProgress: fn,
  };
}

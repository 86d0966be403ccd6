import type { Tally } from '../core/counting/tally.ts';
import { InvalidOptionError } from '../core/errors.ts';
import { isAbortSignal } from '../core/foreign/foreign.ts';
import type { Complete, Given } from '../core/foreign/given.ts';
import type { TaskSpec } from '../core/task.ts';
import type { Courses } from '../policies/courses.ts';
import { anyNumber, boolean, type Check, fn, type Shape, shaped, string, wrongType } from './checks.ts';
import { type Competition, checkCompetition, hedgeRules, redundancyRules } from './competition.ts';
import { moduleFile } from './module-file.ts';
import { type ResolvedOptions, retry, timeout } from './pool-options.ts';
import type { RunOptions } from './types.ts';

const signal: Check<AbortSignal> = (value, path) => (isAbortSignal(value) ? value : wrongType(path, 'an AbortSignal', value));
const list: Check<NonNullable<RunOptions['transferList']>> = (value, path) =>
  Array.isArray(value) ? value : wrongType(path, 'an array of transferable objects', value);

/** Paths that are remembered. */
const MOST_NAMES = 1_000;

/** Turns the options of a call into a spec. Calls without options share one, so that they cost nothing. */
export class Specs {
  readonly #options: ResolvedOptions;
  readonly #tally: Tally;
  readonly #courses: Courses;
  readonly #check: Check<Given<Resolved>>;
  #standard: TaskSpec | undefined;

  constructor(options: ResolvedOptions, tally: Tally, courses: Courses) {
    this.#options = options;
    this.#tally = tally;
    this.#courses = courses;
    this.#check = shaped<Resolved>(runShape(options));
  }

  /** The spec of calls without options. @throws {InvalidOptionError} `ERR_INVALID_OPTION` if the pool has no task module of its own */
  get standard(): TaskSpec {
    this.#standard ??= this.#spec({});
    return this.#standard;
  }

  /** @throws {InvalidOptionError | OptionRangeError} `ERR_INVALID_OPTION` */
  resolve(options: RunOptions): { spec: TaskSpec; given: Given<Resolved> } {
    const given = this.#check(options, 'options');
    return { spec: this.#spec(given), given };
  }

  #spec(given: Given<Resolved>): TaskSpec {
    const module = this.#moduleOf(given);
    // Another module has no part in the name of the pool's own.
    const name = given.name ?? (module === undefined ? this.#options.name : 'default');
    const idempotent = given.idempotent ?? this.#options.idempotent;
    const competition = this.#competition(given);
    const retry = given.retry ?? this.#options.retry;
    const tally = this.#tally.task(name, module);
    if (competition.redundancy !== false) tally.votes = true;
    if (competition.hedge !== false) tally.hedged = true;
    checkCompetition(competition, { idempotent, transferList: given.transferList !== undefined });
    return {
      name,
      ...(module === undefined ? {} : { module }),
      limits: given.timeout ?? this.#options.timeout,
      retry,
      idempotent,
      priority: given.priority ?? 0,
      course: this.#courses.of(competition),
      tally,
      traced: this.#options.tracing !== undefined,
      asks: retry.shouldRetry !== undefined || votesByFunction(competition),
    };
  }

  #moduleOf({ filename: named }: Given<Resolved>): string | undefined {
    const own = this.#options.filename;
    if (named !== undefined && this.#options.nodes !== undefined)
      throw new InvalidOptionError(
        'filename: Expected none, because nodes have the task module of the pool and no other. Got one. Use name, or a pool of its own.',
      );
    if (named === undefined && own === undefined) moduleFile(undefined, 'filename');
    return named === own ? undefined : named;
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
type Resolved = Complete<Omit<RunOptions, 'filename' | 'timeout' | 'retry' | keyof Competition>> &
  Competition & { filename: string; timeout: TaskSpec['limits']; retry: TaskSpec['retry'] };

/** A path becomes a URL only once: a program names few modules, and names them often. */
function remembered(check: Check<string>): Check<string> {
  const known = new Map<string, string>();
  return (value, path) => {
    if (typeof value !== 'string') return check(value, path);
    let found = known.get(value);
    if (found === undefined) {
      found = check(value, path);
      if (known.size < MOST_NAMES) known.set(value, found);
    }
    return found;
  };
}

/** Every run option once: its check, on top of the pool's own settings. */
export function runShape(options: ResolvedOptions): Shape<Resolved> {
  return {
    filename: remembered(moduleFile) as never,
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

import { types } from 'node:util';
import { NotCloneableError } from '../../core/errors.ts';
import type { AttemptEnd, Failure } from '../../core/failure.ts';
import { TaskModuleError } from '../../core/module-errors.ts';
import type { Attempt } from '../../core/task.ts';
import { reviveError } from '../../core/wire/revive.ts';
import { Sealed } from '../../core/wire/sealed.ts';
import type { FailedItem, ItemNote } from '../../core/wire/wire.ts';
import type { Backlog } from '../queue/backlog.ts';
import type { RecoveryBudget } from '../queue/budget.ts';
import type { Pace } from '../queue/pace.ts';
import type { Services } from '../services.ts';
import type { Bundle, PoolThread } from '../threads/pool-thread.ts';
import type { AttemptEnds } from './attempt-ends.ts';
import type { Fences } from './fences.ts';
import { tellLate } from './late.ts';
import { LostResults } from './lost-results.ts';
import type { ModuleLoads } from './module-loads.ts';
import type { GoesOn, TakesBack } from './outcomes-host.ts';
import { joins, toldWork } from './told-work.ts';

interface IntakeParts {
  readonly services: Services;
  readonly pace: Pace;
  readonly budget: RecoveryBudget;
  readonly backlog: Backlog;
  readonly fences: Fences;
  readonly ends: AttemptEnds;
  readonly takeBack: Pick<TakesBack, 'giveBack'>;
  readonly feeder: GoesOn;
  readonly moduleLoads: Pick<ModuleLoads, 'failed'>;
}

/** Takes in the reports of threads: checks that each is what is expected next, and passes the outcomes on. */
export class Intake {
  readonly #services: Services;
  readonly #pace: Pace;
  readonly #budget: RecoveryBudget;
  readonly #backlog: Backlog;
  readonly #fences: Fences;
  readonly #ends: AttemptEnds;
  readonly #lost: LostResults;
  readonly #feeder: GoesOn;
  readonly #moduleLoads: Pick<ModuleLoads, 'failed'>;

  constructor(parts: IntakeParts) {
    this.#services = parts.services;
    this.#pace = parts.pace;
    this.#budget = parts.budget;
    this.#backlog = parts.backlog;
    this.#fences = parts.fences;
    this.#ends = parts.ends;
    this.#feeder = parts.feeder;
    this.#moduleLoads = parts.moduleLoads;
    this.#lost = new LostResults(parts);
  }

  done(
    thread: PoolThread,
    number: number,
    from: number,
    values: readonly unknown[],
    times: readonly number[],
    notes: readonly ItemNote[] | undefined,
  ): void {
    const bundle = thread.bundles.find((one) => one.number === number);
    const count = values.length;
    // What has not ended cannot have a result: a task has forged it, for its neighbours.
    if (bundle === undefined || count === 0 || times.length !== count + 1 || from + count > thread.standing(bundle).finished) {
      tellLate(this.#services, thread, -1, 0);
      return;
    }
    this.#lost.before(thread, number, from);
    // A message that does not continue its bundle is a duplicate, a stray, or of another time.
    if (bundle.reported !== from || from + count > bundle.size) {
      tellLate(this.#services, thread, -1, 0);
      return;
    }
    const { watchers } = this.#services;
    if (watchers.ofWork && !joins(thread, bundle, from, times, notes))
      watchers.worked(thread, toldWork(thread, bundle, from, times, notes));
    bundle.reported = from + count;
    thread.finished += count;
    thread.heardUntil = times[count]!;
    this.#pace.observe(count, times[count]! - times[0]!);
    this.#budget.spend(times[count]! - times[0]!, bundle.attempts[0]!.recovery);
    if (bundle.reported === bundle.size) thread.drop(bundle);
    const { moment } = this.#services;
    moment.hold();
    try {
      this.#count(thread, bundle, from, times, notes);
      this.#deliver(thread, bundle, from, values, times, notes);
    } finally {
      moment.release();
    }
    if (bundle.reported === bundle.size) this.#feeder.bundleDone(thread);
  }

  /**
   * Counts and marks all items first: settling one may close a quarantine key or run user code, and tasks not marked as begun would then be
   * refused.
   */
  #count(thread: PoolThread, bundle: Bundle, from: number, times: readonly number[], notes: readonly ItemNote[] | undefined): void {
    let nextNote = 0;
    for (let i = 0; i < times.length - 1; i++) {
      const attempt = bundle.attempts[from + i]!;
      const note = notes !== undefined && notes[nextNote]?.[0] === i ? notes[nextNote++] : undefined;
      attempt.begin();
      const end = this.#wants(thread, attempt, bundle) ? endOf(note) : this.#ends.of(attempt);
      this.#ends.ended(thread, bundle, attempt, end, times[i]!, times[i + 1]!);
    }
  }

  #deliver(
    thread: PoolThread,
    bundle: Bundle,
    from: number,
    values: readonly unknown[],
    times: readonly number[],
    notes: readonly ItemNote[] | undefined,
  ): void {
    let nextNote = 0;
    for (let i = 0; i < values.length; i++) {
      const attempt = bundle.attempts[from + i]!;
      const note = notes !== undefined && notes[nextNote]?.[0] === i ? notes[nextNote++] : undefined;
      const sealed = note?.[1] === 'sealed';
      const value = sealed ? sealedValue(attempt, note[2], values[i]) : values[i];
      const failure = sealed ? undefined : note;
      if (!thread.holds(attempt, bundle) && !this.#isStillWanted(thread, attempt, bundle)) {
        this.#unawaited(thread, attempt, value, times[i + 1]!, failure);
        continue;
      }
      if (failure?.[1] === 'load') this.#moduleLoads.failed(thread, attempt);
      this.#outcome(attempt, value, times[i]!, times[i + 1]!, failure);
    }
  }

  unreadable(thread: PoolThread): void {
    this.#lost.unreadable(thread);
  }

  accounted(thread: PoolThread, number: number, upTo: number): void {
    this.#lost.accounted(thread, number, upTo);
  }

  /** Whether the outcome counts, as it seems before any of the report has been delivered. */
  #wants(thread: PoolThread, attempt: Attempt, bundle: Bundle): boolean {
    return thread.holds(attempt, bundle) || (attempt.state === 'queued' && thread.hadLast(attempt, bundle) && this.#backlog.hears(attempt));
  }

  /** It was taken back from this thread, which held its result for too long, and no thread has it yet: so this result is as good as any. */
  #isStillWanted(thread: PoolThread, attempt: Attempt, bundle: Bundle): boolean {
    return attempt.state === 'queued' && thread.hadLast(attempt, bundle) && this.#backlog.heard(attempt);
  }

  /** Takes the outcome of an attempt that had been given up, or given back. */
  #unawaited(thread: PoolThread, attempt: Attempt, value: unknown, endedAt: number, failed: FailedItem | undefined): void {
    const { task } = attempt;
    const { course } = task.spec;
    const surplus = attempt.state === 'surplus' && attempt.threadKey === thread.key;
    if (surplus && failed === undefined && course.returnedLate !== undefined) course.returnedLate(attempt, value, endedAt);
    else tellLate(this.#services, thread, task.id, attempt.number);
    this.#fences.ended(thread, attempt);
  }

  #outcome(attempt: Attempt, value: unknown, startedAt: number, endedAt: number, failed: FailedItem | undefined): void {
    attempt.end();
    attempt.begin(startedAt);
    if (failed === undefined) {
      attempt.task.spec.course.succeeded(attempt, value, endedAt);
    } else {
      this.#backlog.release(attempt);
      attempt.task.spec.course.failed(attempt, failureOf(failed, attempt.task.spec.module));
    }
  }
}

function endOf(note: ItemNote | undefined): AttemptEnd {
  if (note === undefined || note[1] === 'sealed') return 'ok';
  return note[1] === 'error' ? 'error' : note[1] === 'load' ? 'startup' : 'clone';
}

/** Ignores a seal that was not requested: the task forged it. */
function sealedValue({ placement }: Attempt, digest: string, value: unknown): unknown {
  return placement?.seal === true && types.isUint8Array(value) ? new Sealed(digest, value) : value;
}

function failureOf([, kind, encoded]: FailedItem, module: string | undefined): Failure {
  const error = reviveError(encoded);
  if (kind === 'load') return { kind: 'startup', error: new TaskModuleError(module, error) };
  if (kind === 'error') return { kind: 'error', error };
  return { kind: 'clone', error: new NotCloneableError(kind === 'clone-result' ? 'result' : 'error', error) };
}

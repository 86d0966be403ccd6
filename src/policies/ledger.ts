import type { Moment } from '../core/counting/moment.ts';
import { keepAttempts, TimeoutError } from '../core/errors.ts';
import type { Failure, FailureKind } from '../core/failure.ts';
import type { Task } from '../core/task.ts';

/** Hears of every settlement; `undefined` is success. */
export type SettlementWitness = (task: Task, kind: FailureKind | undefined, error?: unknown) => void;

/** Every accepted task that has not settled, and the one place where a task settles. */
export class Ledger {
  #first: Task | undefined;
  #last: Task | undefined;
  readonly #moment: Moment;
  readonly #witness: SettlementWitness;
  /** Accepted and not settled. */
  open = 0;
  fulfilled = 0;
  rejected = 0;

  constructor(moment: Moment, witness: SettlementWitness) {
    this.#moment = moment;
    this.#witness = witness;
  }

  accept(task: Task): void {
    task.before = this.#last;
    if (this.#last === undefined) this.#first = task;
    else this.#last.after = task;
    this.#last = task;
    this.open++;
    task.spec.tally.accepted++;
  }

  /** Settles a task with its result; false if it has settled before. */
  fulfil(task: Task, value: unknown): boolean {
    if (task.state !== 'open') return false;
    this.#close(task);
    this.fulfilled++;
    task.spec.tally.fulfilled++;
    task.fulfilled(value);
    this.#witness(task, undefined);
    return true;
  }

  /** Settles a task with an error, which from then on knows the history of its attempts; false if it has settled before. */
  reject(task: Task, { kind, error }: Failure): boolean {
    if (task.state !== 'open') return false;
    this.#close(task);
    this.rejected++;
    task.spec.tally.rejectedBy(kind, error instanceof TimeoutError && kind === 'timeout' ? error.phase : undefined);
    keepAttempts(error, task.history ?? []);
    task.rejected(error, kind);
    this.#witness(task, kind, error);
    return true;
  }

  /** The open tasks, oldest first; tasks may settle while this runs. */
  *[Symbol.iterator](): Generator<Task> {
    const tasks: Task[] = [];
    for (let task = this.#first; task !== undefined; task = task.after) tasks.push(task);
    for (const task of tasks) if (task.state === 'open') yield task;
  }

  /** The oldest open task of which that is true. */
  oldest(holds: (task: Task) => boolean): Task | undefined {
    let task = this.#first;
    while (task !== undefined && !holds(task)) task = task.after;
    return task;
  }

  #close(task: Task): void {
    task.state = 'settled';
    this.open--;
    const { times } = task.spec.tally;
    const took = this.#moment.now() - task.acceptedAt;
    times.total.observe(took);
    if (task.waits) {
      task.waits = false;
      times.queue.observe(took);
    }
    if (task.before === undefined) this.#first = task.after;
    else task.before.after = task.after;
    if (task.after === undefined) this.#last = task.before;
    else task.after.before = task.before;
    task.before = undefined;
    task.after = undefined;
    // A settled task keeps nothing alive: it may still be held by an attempt that runs somewhere.
    task.input = undefined;
    task.extras?.release?.();
    const history = task.extras?.history;
    task.extras = history && { history };
  }
}

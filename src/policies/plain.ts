import type { Failure } from '../core/failure.ts';
import { Attempt, type Course, type Placement, type Task } from '../core/task.ts';
import type { Desk } from './desk.ts';
import { record } from './history.ts';
import { RetryLine } from './retry.ts';

/** The ordinary course: one attempt at a time, retried where the rules say so. */
export class PlainCourse implements Course {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  begin(task: Task): void {
    task.attempt = new Attempt(task, 0, false);
    this.#desk.submit(task.attempt);
  }

  started(task: Task): boolean {
    return task.begun > 1 || (task.attempt !== undefined && this.#desk.started(task.attempt));
  }

  succeeded(attempt: Attempt, value: unknown): void {
    const { task } = attempt;
    if (task.extras !== undefined) lineOf(task)?.stop();
    this.#desk.fulfil(task, value);
  }

  failed(attempt: Attempt, failure: Failure): void {
    const { task } = attempt;
    if (task.state !== 'open') return;
    const entry = record(attempt, failure, this.#desk.clock);
    const line = lineOf(task);
    if (line !== undefined) {
      line.failed(failure, entry);
    } else if (task.spec.retry.retries === 0 || task.extras?.transferList !== undefined) {
      this.#desk.reject(task, failure);
    } else {
      const fresh = new RetryLine(this.#desk, task, {
        again: (last) => this.#again(task, last),
        gaveUp: (last) => this.#desk.reject(task, last),
      });
      task.extras ??= {};
      task.extras.course = fresh;
      fresh.begin(failure, entry);
    }
  }

  cancelled(task: Task): void {
    lineOf(task)?.stop();
    if (task.attempt !== undefined && task.attempt.state !== 'ended') this.#desk.cancel(task.attempt, 'stop');
  }

  #placementAfter({ kind }: Failure): Placement | undefined {
    if (kind === 'oom') return { fresh: true };
    return kind === 'crash' && this.#desk.escalates ? { isolated: true } : undefined;
  }

  #again(task: Task, last: Failure): void {
    // Whoever heard of the retry may have given the task up.
    if (task.state !== 'open') return;
    task.attempt = new Attempt(task, 0, true, this.#placementAfter(last));
    this.#desk.submit(task.attempt);
  }
}

function lineOf(task: Task): RetryLine | undefined {
  return task.extras?.course as RetryLine | undefined;
}

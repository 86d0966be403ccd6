import type { Placement } from '../core/attempt.ts';
import { endOfGivenUp, type Failure, type FailureKind } from '../core/failure.ts';
import { Attempt, type Course, type Task } from '../core/task.ts';
import type { CourseHost } from './course-host.ts';
import { record } from './history.ts';
import { escalates, RetryLine } from './retry.ts';

/** What the ordinary course asks of the pool. */
export type PlainHost = Pick<
  CourseHost,
  'clock' | 'emitter' | 'random' | 'escalates' | 'submit' | 'cancel' | 'started' | 'fulfil' | 'reject'
>;

/** The ordinary course: one attempt at a time, retried where the rules say so. */
export class PlainCourse implements Course {
  readonly #host: PlainHost;

  constructor(host: PlainHost) {
    this.#host = host;
  }

  begin(task: Task): void {
    task.attempt = new Attempt(task, 0, false);
    this.#host.submit(task.attempt);
  }

  started(task: Task): boolean {
    return task.begun > 1 || (task.attempt !== undefined && this.#host.started(task.attempt));
  }

  succeeded(attempt: Attempt, value: unknown): void {
    const { task } = attempt;
    if (task.extras !== undefined) lineOf(task)?.stop();
    this.#host.fulfil(task, value);
  }

  failed(attempt: Attempt, failure: Failure): void {
    const { task } = attempt;
    if (task.state !== 'open') return;
    const entry = record(attempt, failure, this.#host.clock);
    const line = lineOf(task);
    if (line !== undefined) {
      line.failed(failure, entry);
    } else if (task.spec.retry.retries === 0 || attempt.movesMemory) {
      this.#host.reject(task, failure);
    } else {
      const fresh = new RetryLine(this.#host, task, {
        again: (last) => this.#again(task, last),
        gaveUp: (last) => this.#host.reject(task, last),
      });
      task.extras ??= {};
      task.extras.course = fresh;
      fresh.begin(failure, entry);
    }
  }

  cancelled(task: Task, kind: FailureKind): void {
    lineOf(task)?.stop();
    if (task.attempt !== undefined && task.attempt.state !== 'ended') this.#host.cancel(task.attempt, 'stop', endOfGivenUp(kind));
  }

  #placementAfter({ kind }: Failure): Placement | undefined {
    if (kind === 'oom') return { fresh: true };
    return escalates(kind) && this.#host.escalates ? { isolated: true } : undefined;
  }

  #again(task: Task, last: Failure): void {
    // A listener to `retry` may have given the task up.
    if (task.state !== 'open') return;
    task.attempt = new Attempt(task, 0, true, this.#placementAfter(last));
    this.#host.submit(task.attempt);
  }
}

function lineOf(task: Task): RetryLine | undefined {
  const line = task.extras?.course;
  return line instanceof RetryLine ? line : undefined;
}

import type { Clock } from '../core/clock.ts';
import type { EventSink } from '../core/events.ts';
import type { AttemptEnd, Failure } from '../core/failure.ts';
import type { Random } from '../core/random.ts';
import type { Attempt, Task } from '../core/task.ts';

/** What a course can ask of the pool. */
export interface CourseHost {
  readonly clock: Clock;
  readonly random: Random;
  readonly emitter: EventSink;
  /** Whether an attempt that follows a crash is to run in a cell. */
  readonly escalates: boolean;
  submit(attempt: Attempt): void;
  /** Gives an attempt up; `surplus` lets it run on until another task needs its thread. @param end how it ends, if it had begun; default `lost` */
  cancel(attempt: Attempt, mode: 'stop' | 'surplus', end?: AttemptEnd): void;
  started(attempt: Attempt): boolean;
  /** Whether the attempt is on a thread and has not ended, wanted or not. */
  runs(attempt: Attempt): boolean;
  /**
   * The results of these attempts were found wrong: their threads get nothing more, from here on.
   * @returns what retires the threads, each after its current task
   */
  bar(attempts: readonly Attempt[]): () => void;
  /** Attempts that run now, with the start of each on the manager's clock. */
  running(): Iterable<{ readonly attempt: Attempt; readonly startedAt: number }>;
  /** Whether a thread is idle and nothing waits for one. */
  leisure(): boolean;
  fulfil(task: Task, value: unknown): void;
  reject(task: Task, failure: Failure): void;
}

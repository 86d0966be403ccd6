import type { Timer } from '../../core/clock.ts';
import type { Course, Task } from '../../core/task.ts';
import type { CourseHost } from '../course-host.ts';
import { type Vote, voteOf } from './vote.ts';

/** Milliseconds after which a running copy counts as holding its task up: a copy of the reserve may be faster. */
export const PATIENCE = 50;

/** A course that keeps copies in reserve. */
export interface HoldsBack {
  /** Starts the copies of the task that were held back, if any were. */
  callUp(task: Task): void;
}

/**
 * Copies that were not started because the quorum can do without them. They are called up when the others disagree or fail, which their course sees; and when
 * one of those takes long, or a thread has nothing else to do, which is looked for here: among what runs, however many tasks wait.
 */
export class Reserve {
  readonly #host: Pick<CourseHost, 'clock' | 'running' | 'leisure'>;
  /** Votes that hold copies back. */
  #votes = 0;
  #timer: Timer | undefined;

  constructor(host: Pick<CourseHost, 'clock' | 'running' | 'leisure'>) {
    this.#host = host;
  }

  hold(vote: Vote, copies: number): void {
    if (copies === 0) return;
    vote.reserve = copies;
    this.#votes++;
    this.#timer ??= this.#host.clock.setTimeout(() => this.#look(), PATIENCE);
  }

  /** They were called up, or are not wanted any more. */
  release(vote: Vote): void {
    if (vote.reserve === 0) return;
    vote.reserve = 0;
    this.#votes--;
  }

  #look(): void {
    this.#timer = undefined;
    if (this.#votes === 0) return;
    const since = this.#host.leisure() ? Number.POSITIVE_INFINITY : this.#host.clock.now() - PATIENCE;
    for (const { attempt, startedAt } of [...this.#host.running()]) {
      const { task } = attempt;
      if (startedAt <= since && voteOf(task)) (task.spec.course as Course & HoldsBack).callUp(task);
    }
    if (this.#votes > 0) this.#timer ??= this.#host.clock.setTimeout(() => this.#look(), PATIENCE);
  }
}

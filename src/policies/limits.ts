import type { Clock, Timer } from '../core/clock.ts';
import { AbortError, TimeoutError, type TimeoutPhase } from '../core/errors.ts';
import type { Emitter } from '../core/events.ts';
import type { Failure } from '../core/failure.ts';
import type { Task } from '../core/task.ts';

export interface LimitsDesk {
  readonly clock: Clock;
  readonly emitter: Emitter;
  /** Settles a task from outside its course. */
  giveUp(task: Task, failure: Failure): void;
  /** Takes in what has arrived: a timer that fires late must not convict anyone whose result is here. */
  pollAll(): void;
}

/** Ends tasks from outside: `timeout.queue`, `timeout.total`, and the caller's signal. Tasks with none of them cost nothing. */
export class Limits {
  readonly #desk: LimitsDesk;

  constructor(desk: LimitsDesk) {
    this.#desk = desk;
  }

  /** Sets up what this task asks for; undone when it settles. */
  guard(task: Task, signal: AbortSignal | undefined): void {
    const { queue, total } = task.spec.limits;
    const timers: Timer[] = [];
    const { clock } = this.#desk;
    if (queue !== Number.POSITIVE_INFINITY) timers.push(clock.setTimeout(() => this.#late(task, 'queue', queue), queue));
    if (total !== Number.POSITIVE_INFINITY) timers.push(clock.setTimeout(() => this.#late(task, 'total', total), total));
    if (timers.length === 0 && signal === undefined) return;
    const onAbort = (): void =>
      this.#desk.giveUp(task, { kind: 'aborted', error: new AbortError('The task was aborted by its signal.', signal?.reason) });
    signal?.addEventListener('abort', onAbort, { once: true });
    task.extras ??= {};
    task.extras.release = () => {
      for (const timer of timers) clock.clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
  }

  /** Checked again when a task leaves the queue; true if its time was over. */
  overdue(task: Task, now: number): boolean {
    const { queue, total } = task.spec.limits;
    const waited = now - task.acceptedAt;
    if (waited >= total) return this.#expire(task, 'total', total);
    if (waited >= queue && task.begun === 1 && !task.spec.course.started(task)) return this.#expire(task, 'queue', queue);
    return false;
  }

  #late(task: Task, phase: TimeoutPhase, milliseconds: number): void {
    this.#desk.pollAll();
    if (task.state !== 'open' || (phase === 'queue' && task.spec.course.started(task))) return;
    this.#expire(task, phase, milliseconds);
  }

  #expire(task: Task, phase: TimeoutPhase, milliseconds: number): true {
    this.#desk.giveUp(task, { kind: 'timeout', error: new TimeoutError(phase, milliseconds) });
    this.#desk.emitter.emit('timeout', { taskId: task.id, name: task.spec.name, phase, milliseconds, attempt: task.begun });
    return true;
  }
}

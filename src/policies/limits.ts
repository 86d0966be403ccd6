import type { Clock, Timer } from '../core/clock.ts';
import { AbortError, TimeoutError, type TimeoutPhase } from '../core/errors.ts';
import type { EventSink } from '../core/events.ts';
import type { Failure } from '../core/failure.ts';
import { aboutTask, type Task } from '../core/task.ts';
import { Signals } from './signals.ts';

export interface LimitsHost {
  readonly clock: Clock;
  readonly emitter: EventSink;
  /** Settles a task from outside its course. */
  giveUp(task: Task, failure: Failure): void;
  /** Takes in what has arrived from all threads, before anything else is handed out: no task whose result is already here may be ended. */
  pollAll(): void;
}

/** Ends tasks from outside: `timeout.queue`, `timeout.total`, and the caller's signal. Tasks with none of them cost nothing. */
export class Limits {
  readonly #host: LimitsHost;
  readonly #signals: Signals;

  constructor(host: LimitsHost) {
    this.#host = host;
    this.#signals = new Signals((task, reason) =>
      host.giveUp(task, { kind: 'aborted', error: new AbortError('The task was aborted by its signal.', reason) }),
    );
  }

  /** Sets up what this task asks for; undone when it settles. */
  guard(task: Task, signal: AbortSignal | undefined): void {
    const { queue, total } = task.spec.limits;
    const stopQueue = this.#arm(task, 'queue', queue);
    const stopTotal = this.#arm(task, 'total', total);
    if (signal !== undefined) this.#signals.add(signal, task);
    task.extras ??= {};
    task.extras.release = () => {
      stopQueue?.();
      stopTotal?.();
      if (signal !== undefined) this.#signals.remove(signal, task);
    };
  }

  /** Whether the time of a task that leaves the queue was over: its timer may be late. */
  isOver(task: Task, now: number): boolean {
    return this.#phaseOver(task, now) !== undefined;
  }

  /** Ends a task whose time was over, and returns true. Returns false if there is time left. */
  overdue(task: Task, now: number): boolean {
    const phase = this.#phaseOver(task, now);
    if (phase !== undefined) this.#expire(task, phase, task.spec.limits[phase]);
    return phase !== undefined;
  }

  /** Takes in what has arrived from every thread. */
  listen(): void {
    this.#host.pollAll();
  }

  #phaseOver(task: Task, now: number): 'queue' | 'total' | undefined {
    const { queue, total } = task.spec.limits;
    const waited = now - task.acceptedAt;
    if (waited >= total) return 'total';
    return waited >= queue && !task.spec.course.started(task) ? 'queue' : undefined;
  }

  /** Returns what stops it. */
  #arm(task: Task, phase: 'queue' | 'total', milliseconds: number): (() => void) | undefined {
    if (milliseconds === Number.POSITIVE_INFINITY) return undefined;
    const { clock } = this.#host;
    let timer: Timer;
    const look = (): void => {
      const left = task.acceptedAt + milliseconds - clock.now();
      // Timers may come a little too early; and none waits longer than 24.8 days.
      if (left > 0) timer = clock.setTimeout(look, Math.ceil(left));
      else this.#due(task, phase, milliseconds);
    };
    timer = clock.setTimeout(look, milliseconds);
    return () => clock.clearTimeout(timer);
  }

  #due(task: Task, phase: TimeoutPhase, milliseconds: number): void {
    this.listen();
    if (task.state !== 'open' || (phase === 'queue' && task.spec.course.started(task))) return;
    this.#expire(task, phase, milliseconds);
  }

  #expire(task: Task, phase: TimeoutPhase, milliseconds: number): void {
    this.#host.giveUp(task, { kind: 'timeout', error: new TimeoutError(phase, milliseconds) });
    this.#host.emitter.emit('timeout', { ...aboutTask(task), phase, milliseconds, attempt: task.begun });
  }
}

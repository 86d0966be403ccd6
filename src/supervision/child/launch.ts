import type { Clock, Timer } from '../../core/clock.ts';
import { ChildStartTimeoutError } from '../errors.ts';
import type { SupervisorListener } from '../report.ts';
import { ignore, type Origin, type RunningChild, type StartContext } from '../spec.ts';

export type LaunchOutcome =
  | { readonly kind: 'started'; readonly running: RunningChild }
  | { readonly kind: 'ignored' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'cancelled' };

type LaunchState =
  | {
      readonly kind: 'pending';
      readonly resolve: (outcome: LaunchOutcome) => void;
      /** What it means if `start` does not come back by `deadline`, or fails. */
      verdict: 'failed' | 'cancelled';
      deadline: number;
      timer: Timer | undefined;
    }
  | { readonly kind: 'settled' }
  /** The start was abandoned, but `start` has not returned. */
  | { readonly kind: 'abandoned' };

export interface LaunchHooks {
  /** The launch was given up while `start` is still under way. */
  abandoned(): void;
  /** An abandoned `start` came back after all: with a running child, or with nothing. */
  late(running: RunningChild | undefined): void;
}

/** What a launch has to know of its child. */
export interface Launched {
  readonly id: string;
  readonly restarts: number;
  /** Milliseconds that its `start` may take. */
  readonly startTimeout: number;
}

export interface LaunchOptions {
  readonly clock: Clock;
  readonly listener: SupervisorListener | undefined;
}

/** One try to start a child. It settles within `startTimeout`, whatever `start` does. */
export class Launch {
  readonly #startTimeout: number;
  readonly #context: LaunchContext;
  readonly #clock: Clock;
  readonly #hooks: LaunchHooks;
  #state: LaunchState = { kind: 'settled' };

  constructor(child: Launched, options: LaunchOptions, hooks: LaunchHooks) {
    this.#startTimeout = child.startTimeout;
    this.#context = new LaunchContext(child, options);
    this.#clock = options.clock;
    this.#hooks = hooks;
  }

  run(origin: Origin): Promise<LaunchOutcome> {
    return new Promise((resolve) => {
      this.#state = { kind: 'pending', resolve, verdict: 'failed', deadline: Number.POSITIVE_INFINITY, timer: undefined };
      let started: unknown;
      try {
        started = origin.start(this.#context);
      } catch (thrown) {
        this.#settle({ kind: 'failed', error: thrown });
        return;
      }
      if (!isThenable(started)) {
        this.#arrived(started);
        return;
      }
      this.#arm(this.#startTimeout);
      started.then(
        (value) => this.#arrived(value),
        (thrown) => this.#settle({ kind: 'failed', error: thrown }),
      );
    });
  }

  /** The child is no longer needed: aborts `start`, and gives it up after `within` milliseconds or its own timeout. */
  cancel(within: number): void {
    const state = this.#state;
    if (state.kind !== 'pending') return;
    state.verdict = 'cancelled';
    this.#arm(within);
    this.#context.abort();
  }

  /** A launch is never given more time than it had. */
  #arm(ms: number): void {
    const state = this.#state;
    const deadline = this.#clock.now() + ms;
    if (state.kind !== 'pending' || deadline >= state.deadline) return;
    this.#clock.clearTimeout(state.timer);
    state.deadline = deadline;
    state.timer = this.#clock.setTimeout(() => this.#abandon(), ms);
    state.timer.ref();
  }

  #abandon(): void {
    if (this.#state.kind !== 'pending') return;
    const { resolve, verdict } = this.#state;
    this.#state = { kind: 'abandoned' };
    this.#context.abort();
    this.#hooks.abandoned();
    resolve(verdict === 'cancelled' ? { kind: 'cancelled' } : { kind: 'failed', error: new ChildStartTimeoutError(this.#startTimeout) });
  }

  #arrived(value: unknown): void {
    if (isRunning(value)) {
      if (this.#state.kind === 'abandoned') this.#late(value);
      else this.#settle({ kind: 'started', running: value });
    } else if (value === ignore) {
      this.#settle({ kind: 'ignored' });
    } else {
      const got =
        value === null || typeof value !== 'object' ? String(value) : `an object with ${Object.keys(value).join(', ') || 'nothing'}`;
      this.#settle({
        kind: 'failed',
        error: new TypeError(`Expected start to return { exited: a promise, stop: a function } or ignore, got ${got}.`),
      });
    }
  }

  #settle(outcome: LaunchOutcome): void {
    if (this.#state.kind === 'abandoned') {
      this.#late(undefined);
      return;
    }
    if (this.#state.kind !== 'pending') return;
    const { resolve, timer, verdict } = this.#state;
    this.#clock.clearTimeout(timer);
    this.#state = { kind: 'settled' };
    // A start that fails because it was broken off has not failed.
    resolve(verdict === 'cancelled' && outcome.kind === 'failed' ? { kind: 'cancelled' } : outcome);
  }

  #late(running: RunningChild | undefined): void {
    this.#state = { kind: 'settled' };
    this.#hooks.late(running);
  }
}

class LaunchContext implements StartContext {
  readonly id: string;
  readonly restarts: number;
  readonly clock: Clock;
  readonly report: SupervisorListener | undefined;
  /** Made on demand: most starts never look at it. */
  #controller: AbortController | undefined;

  constructor(child: Launched, options: LaunchOptions) {
    this.id = child.id;
    this.restarts = child.restarts;
    this.clock = options.clock;
    this.report = options.listener;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  abort(): void {
    this.#controller ??= new AbortController();
    this.#controller.abort();
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === 'function';
}

function isRunning(value: unknown): value is RunningChild {
  const running = value as Partial<RunningChild> | undefined | null;
  return typeof running?.stop === 'function' && isThenable(running.exited);
}

import type { Clock, Timer } from '../../core/clock.ts';
import type { ExitReason } from '../exit.ts';
import type { RunningChild } from '../spec.ts';
import { callUser } from './call-user.ts';

export interface ShutdownLimits {
  /** Milliseconds from asking to killing; 0 kills at once. */
  readonly shutdown: number;
  /** Milliseconds from killing to giving up. */
  readonly terminateTimeout: number;
}

export interface ShutdownHooks<Child> {
  /** The death notice of this child has come. */
  exited(child: Child, reason: ExitReason): void;
  /** It did not stop in time, and is killed now. */
  killed(child: Child): void;
  /** It did not die of being killed either. */
  orphaned(child: Child): void;
  /** `stop` or `kill` threw. */
  failed(child: Child, error: unknown): void;
}

/**
 * Stops children: asks, waits `shutdown`, kills, and still waits for the death notices themselves, never for a reply to
 * `stop`. Any number of children is stopped at once, under one timer. One that plays dead is given up in the end.
 */
export class Shutdown<Child> {
  /** Resolves when every child has exited or was given up. */
  readonly done: Promise<void>;
  readonly #limits: ShutdownLimits;
  readonly #clock: Clock;
  readonly #hooks: ShutdownHooks<Child>;
  readonly #waiting = new Map<Child, RunningChild>();
  /** Those of the waiting whose `stop` threw; they were killed at once. */
  readonly #refused = new Set<Child>();
  #phase: 'asking' | 'killing' | 'done' = 'asking';
  #timer: Timer | undefined;
  #finish!: () => void;

  constructor(limits: ShutdownLimits, clock: Clock, hooks: ShutdownHooks<Child>) {
    this.#limits = limits;
    this.#clock = clock;
    this.#hooks = hooks;
    this.done = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  /** The children must be marked as stopping by this shutdown before: one may answer while another is being asked. */
  begin(children: Iterable<readonly [Child, RunningChild]>): void {
    for (const [child, running] of children) this.#waiting.set(child, running);
    if (this.#waiting.size === 0) this.#end();
    else if (this.#limits.shutdown === 0) this.kill();
    else {
      for (const [child, running] of this.#waiting) this.#ask(child, running);
      if (this.#phase === 'asking') this.#arm(this.#limits.shutdown, () => this.kill());
    }
  }

  /** No more asking. */
  kill(): void {
    if (this.#phase !== 'asking') return;
    this.#phase = 'killing';
    for (const [child, running] of this.#waiting) if (!this.#refused.has(child)) this.#kill(child, running);
    if (this.#waiting.size > 0) this.#arm(this.#limits.terminateTimeout, () => this.#giveUp());
  }

  exited(child: Child, reason: ExitReason): void {
    if (!this.#waiting.delete(child)) return;
    this.#refused.delete(child);
    this.#hooks.exited(child, reason);
    if (this.#waiting.size === 0) this.#end();
    else if (this.#refused.size === this.#waiting.size) this.kill();
  }

  #giveUp(): void {
    for (const child of this.#waiting.keys()) this.#hooks.orphaned(child);
    this.#waiting.clear();
    this.#end();
  }

  #ask(child: Child, running: RunningChild): void {
    callUser(
      () => running.stop(),
      (error) => {
        if (!this.#waiting.has(child) || this.#refused.has(child)) return;
        this.#hooks.failed(child, error);
        if (this.#phase !== 'asking') return;
        // Who cannot even be asked is killed at once, and once only such are left, `shutdown` is not waited for.
        this.#refused.add(child);
        this.#kill(child, running);
        if (this.#refused.size === this.#waiting.size) this.kill();
      },
    );
  }

  #kill(child: Child, running: RunningChild): void {
    this.#hooks.killed(child);
    callUser(
      () => (running.kill === undefined ? running.stop() : running.kill()),
      (error) => {
        if (this.#waiting.has(child)) this.#hooks.failed(child, error);
      },
    );
  }

  #arm(ms: number, fn: () => void): void {
    this.#clock.clearTimeout(this.#timer);
    if (ms === Number.POSITIVE_INFINITY) return;
    this.#timer = this.#clock.setTimeout(fn, ms);
    this.#timer.ref();
  }

  #end(): void {
    this.#phase = 'done';
    this.#clock.clearTimeout(this.#timer);
    this.#finish();
  }
}

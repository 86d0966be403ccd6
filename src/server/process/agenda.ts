import { type Clock, MAX_DELAY, type Timer } from '../../core/clock.ts';
import type { TimerRef } from '../define/context.ts';
import type { Message } from '../log/entry.ts';
import { KIND } from '../wire.ts';

/** One open timer as a journal keeps it. */
export interface OpenTimer {
  readonly ref: TimerRef;
  /** Milliseconds since 1970. */
  readonly due: number;
}

/**
 * The timers that handlers have set. Their messages are in the state of the server; what stands here is only when each is due. That it was, is a
 * message in the log like any other, so a replay hears of it at the same place.
 */
export class Agenda {
  readonly #clock: Clock;
  readonly #fire: (message: Message) => void;
  readonly #open = new Map<TimerRef, { timer: Timer; readonly due: number }>();
  /** Those whose message is on its way; a program that ends before it is kept is to send it again. */
  readonly #fired = new Map<TimerRef, number>();

  constructor(clock: Clock, fire: (message: Message) => void) {
    this.#clock = clock;
    this.#fire = fire;
  }

  /** Those that have not fired. */
  get open(): readonly OpenTimer[] {
    return [...this.#open].map(([ref, { due }]) => ({ ref, due }));
  }

  /** Those whose message is not kept. */
  get owed(): readonly OpenTimer[] {
    return [...this.open, ...Array.from(this.#fired, ([ref, due]) => ({ ref, due }))];
  }

  /** Its message is kept, or part of no replay. */
  done(ref: TimerRef): void {
    this.#fired.delete(ref);
  }

  set(ref: TimerRef, ms: number): void {
    this.#arm(ref, this.#clock.wall() + ms, this.#clock.now() + ms);
  }

  /** After the program was away. What has become due meanwhile fires at once. */
  restore({ ref, due }: OpenTimer): void {
    this.#arm(ref, due, this.#clock.now() + Math.max(0, due - this.#clock.wall()));
  }

  cancel(ref: TimerRef): void {
    this.#clock.clearTimeout(this.#open.get(ref)?.timer);
    this.#open.delete(ref);
    this.#fired.delete(ref);
  }

  close(): void {
    for (const { timer } of this.#open.values()) this.#clock.clearTimeout(timer);
    this.#open.clear();
  }

  #arm(ref: TimerRef, due: number, at: number): void {
    this.#clock.clearTimeout(this.#open.get(ref)?.timer);
    const left = at - this.#clock.now();
    if (left === Number.POSITIVE_INFINITY) return;
    const timer = this.#clock.setTimeout(
      () => {
        if (left > MAX_DELAY) return this.#arm(ref, due, at);
        this.#open.delete(ref);
        this.#fired.set(ref, due);
        this.#fire({ kind: KIND.timer, name: ref, content: undefined, size: 8, pending: undefined, chain: [] });
      },
      Math.min(left, MAX_DELAY),
    );
    this.#open.set(ref, { timer, due });
  }
}

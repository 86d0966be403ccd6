import type { Clock, Timer } from '../../core/clock.ts';
import { PHASE } from '../wire.ts';
import type { Member } from './member.ts';

/** Ends threads whose handler takes too long, or that do not come up. One timer for all, and none while nothing is to be waited for. */
export class Watch {
  readonly #clock: Clock;
  readonly #limits: { readonly handlerTimeout: number; readonly startTimeout: number };
  readonly #members: () => readonly Member[];
  readonly #soonest: number;
  #timer: Timer | undefined;
  #armedFor = Number.POSITIVE_INFINITY;
  #state: 'open' | 'closed' = 'open';

  constructor(clock: Clock, limits: { handlerTimeout: number; startTimeout: number }, members: () => readonly Member[]) {
    this.#clock = clock;
    this.#limits = limits;
    this.#soonest = Math.min(limits.handlerTimeout, limits.startTimeout);
    this.#members = members;
  }

  /** Something may be to be waited for. */
  look(): void {
    if (this.#state === 'closed') return;
    // What began before has been looked at then; what begins now is due no sooner than this.
    if (this.#armedFor !== Number.POSITIVE_INFINITY && this.#clock.now() + this.#soonest >= this.#armedFor) return;
    let due = Number.POSITIVE_INFINITY;
    for (const member of this.#members()) due = Math.min(due, this.#due(member));
    if (due >= this.#armedFor) return; // A start may take longer than a handler.
    this.#clock.clearTimeout(this.#timer);
    this.#armedFor = due;
    this.#timer = this.#clock.setTimeout(() => this.#fire(), Math.min(Math.max(1, due - this.#clock.now()), 2 ** 31 - 1), 'turning');
  }

  close(): void {
    this.#state = 'closed';
    this.#clock.clearTimeout(this.#timer);
  }

  #fire(): void {
    this.#armedFor = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    for (const member of [...this.#members()]) {
      if (this.#due(member) > now) continue;
      member.end(member.state === 'starting' ? 'start' : 'timeout');
    }
    this.look();
  }

  /** When its time is over. */
  #due(member: Member): number {
    const { handlerTimeout, startTimeout } = this.#limits;
    if (member.state === 'starting') return member.startedAt + startTimeout;
    if (member.state !== 'live' || !member.isBusy) return Number.POSITIVE_INFINITY;
    const { phase, startedAt } = member.current;
    // Between two messages; or something that a handler has left behind holds the thread up, and it never comes to the next one.
    if (phase === PHASE.idle) return member.heardAt + handlerTimeout;
    return this.#clock.fromMachine(startedAt) + handlerTimeout;
  }
}

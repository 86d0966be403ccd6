import type { ServerTally } from '../../core/servers/server-tally.ts';
import { reviveError } from '../../core/wire/revive.ts';
import { answerIn } from '../content.ts';
import type { From } from '../define/context.ts';
import type { Entry } from '../log/entry.ts';
import { callOf, type Pending } from '../log/pending.ts';
import type { Verdict } from '../members/ballots.ts';
import { type Content, type Effect, OUTCOME } from '../wire.ts';
import type { Agenda } from './agenda.ts';
import { byId, byName } from './registry.ts';

export interface EffectsHost {
  readonly id: string;
  readonly tally: ServerTally;
  readonly agenda: Agenda;
  late(seq: number): void;
  /** A handler has ended the server. */
  stopped(error: unknown, abnormal: boolean): void;
}

/** Does what handlers wanted done, once their message is committed: replies, timers, messages to others. In a replay nothing is done again. */
export class Effects {
  readonly #host: EffectsHost;
  /** Calls that are to be answered later, by the number of their message. */
  readonly #later = new Map<number, Pending>();

  constructor(host: EffectsHost) {
    this.#host = host;
  }

  /** Gives the reply of a message. */
  reply({ seq, message: { pending, kind } }: Entry, { outcome, value }: Verdict): void {
    this.#host.tally.message(kind, outcome);
    if (pending === undefined) return;
    if (outcome === OUTCOME.later) {
      if (!pending.isSettled) this.#later.set(seq, pending);
    } else if (!(outcome === OUTCOME.fail ? pending.reject(reviveError(value)) : pending.resolve(value))) this.#host.late(seq);
  }

  run(effects: readonly Effect[]): void {
    for (const effect of effects) this.#do(effect);
  }

  /** Another handler, here or elsewhere, has the answer to a call of this server. */
  answer({ call }: From, content: Content, failed: boolean): void {
    const pending = this.#later.get(call);
    this.#later.delete(call);
    const [value, isError] = answerIn(content, failed);
    const inTime = isError ? pending?.reject(value) : pending?.resolve(value);
    if (inTime !== true) this.#host.late(call);
  }

  /** Those who wait no longer need not be kept. */
  forget(): void {
    for (const [seq, pending] of this.#later) if (pending.isSettled) this.#later.delete(seq);
  }

  #do(effect: Effect): void {
    switch (effect[0]) {
      case 'reply': {
        const from = callOf(effect[1]);
        if (from?.server === this.#host.id) this.answer(from, effect[2], effect[3]);
        else if (from !== undefined) byId(from.server)?.answer(from, effect[2], effect[3]);
        break;
      }
      case 'timer':
        this.#host.agenda.set(effect[1], effect[2]);
        break;
      case 'cancel':
        this.#host.agenda.cancel(effect[1]);
        break;
      case 'cast':
        byName(effect[1])?.castFrom(effect[2], effect[3]);
        break;
      case 'stop':
        this.#host.stopped(effect[1] === undefined ? undefined : reviveError(effect[1]), effect[1] !== undefined);
        break;
    }
  }
}

import { encodeForSure } from '../../core/wire/codec.ts';
import { type Effect, OUTCOME } from '../wire.ts';
import { Ballots, type Verdict } from './ballots.ts';
import type { Member } from './member.ts';

export interface ContinuationsHost {
  readonly quorum: number;
  readonly replicas: number;
  /** The last part that an earlier program has done. */
  readonly continued: readonly [seq: number, part: number];
  convict(members: readonly Member[]): void;
  /** The part-th `continue` after this message was done, for the first time. */
  done(seq: number, part: number, effects: readonly Effect[]): void;
  /** Nothing that follows this message is done: it throws, or replicas say different things of it. */
  dropped(seq: number): void;
}

/**
 * What a message goes on with, by `continue`. The word of one thread is enough where there is one; replicas vote on it, as they do on messages: a thread that
 * is wrong must neither have its wishes done nor stop the others from theirs.
 */
export class Continuations {
  readonly #host: ContinuationsHost;
  /** The last part whose wishes were done. */
  #done: readonly [seq: number, part: number];
  /** What replicas have said so far, until all have; by message and part. */
  readonly #ballots = new Map<number, Map<number, Ballots>>();
  /** How far a thread has come. */
  readonly #progress = new WeakMap<Member, readonly [seq: number, part: number]>();

  constructor(host: ContinuationsHost) {
    this.#host = host;
    this.#done = host.continued;
  }

  heard(member: Member, seq: number, part: number, effects: readonly Effect[]): void {
    this.#progress.set(member, [seq, part]);
    if (this.#host.quorum === 1) this.#do(seq, part, effects);
    else this.#cast(member, seq, part, { outcome: OUTCOME.reply, value: undefined, effects });
  }

  /** A replica has thrown at what follows this message. */
  threw(member: Member, seq: number, error: unknown): void {
    this.#cast(member, seq, this.#partOf(member, seq), { outcome: OUTCOME.threw, value: encodeForSure(error), effects: undefined });
  }

  /** Whether enough have done what this thread was at. */
  isDone(member: Member, seq: number): boolean {
    return this.#isPast(seq, this.#partOf(member, seq));
  }

  /** Whether this replica has thrown at what follows the message, and the others still vote: see `Judgement`. */
  hasThrown(seq: number, replica: number): boolean {
    const parts = this.#ballots.get(seq);
    if (parts !== undefined) for (const ballots of parts.values()) if (ballots.hasThrown(replica)) return true;
    return false;
  }

  withdraw(convicted: Member): void {
    for (const parts of this.#ballots.values()) for (const ballots of parts.values()) ballots.withdraw((voter) => voter === convicted);
  }

  /** What comes before this message is forgotten. */
  forget(seq: number): void {
    for (const known of this.#ballots.keys()) if (known < seq) this.#ballots.delete(known);
  }

  /** What was said from this message on counts no more. */
  unsay(seq: number): void {
    for (const known of this.#ballots.keys()) if (known >= seq) this.#ballots.delete(known);
  }

  drop(seq: number): void {
    this.unsay(seq);
    this.#host.dropped(seq);
  }

  #cast(member: Member, seq: number, part: number, said: Verdict): void {
    const { quorum, replicas } = this.#host;
    let ballots = this.#ballots.get(seq)?.get(part);
    if (ballots === undefined) {
      if (this.#isPast(seq, part)) return; // All have voted; this is a thread that was rebuilt.
      ballots = new Ballots(quorum);
      const parts = this.#ballots.get(seq) ?? new Map<number, Ballots>();
      this.#ballots.set(seq, parts.set(part, ballots));
    }
    ballots.cast(member, said);
    const { verdict } = ballots;
    const all = ballots.size >= replicas;
    if (verdict === undefined && !all) return;
    if (verdict === undefined || verdict.outcome === OUTCOME.threw) {
      this.drop(seq);
      return;
    }
    if (all) this.#ballots.get(seq)?.delete(part);
    this.#do(seq, part, verdict.effects ?? []);
    this.#host.convict(ballots.losers);
  }

  #do(seq: number, part: number, effects: readonly Effect[]): void {
    if (this.#isPast(seq, part)) return; // In a replay.
    this.#done = [seq, part];
    this.#host.done(seq, part, effects);
  }

  #isPast(seq: number, part: number): boolean {
    const [lastSeq, lastPart] = this.#done;
    return seq < lastSeq || (seq === lastSeq && part <= lastPart);
  }

  #partOf(member: Member, seq: number): number {
    const [at, part] = this.#progress.get(member) ?? [seq, 0];
    return at === seq ? part + 1 : 1;
  }
}

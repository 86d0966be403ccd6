import { encodeForSure } from '../../core/wire/codec.ts';
import { reviveError } from '../../core/wire/revive.ts';
import type { Entry } from '../log/entry.ts';
import type { Log } from '../log/log.ts';
import { Ballots, type Verdict } from '../members/ballots.ts';
import { Continuations } from '../members/continuations.ts';
import type { Death, Ended } from '../members/death.ts';
import { crashed, noQuorum } from '../members/failures.ts';
import type { Member } from '../members/member.ts';
import { type Effect, OUTCOME, PHASE, type Report } from '../wire.ts';

/** Ends of threads that no message is to blame for. */
const OUR_DOING: ReadonlySet<Death['cause'] | Ended> = new Set(['tainted', 'convicted', 'stopped']);

export interface JudgementHost {
  readonly log: Log;
  readonly quorum: number;
  readonly replicas: number;
  readonly retry: number;
  readonly handlerTimeout: number;
  /** The last `continue` that an earlier program has done: its message, and which of that message's it was. */
  readonly continued: readonly [seq: number, part: number];
  voters(): readonly Member[];
  convict(members: readonly Member[]): void;
  /** The message is part of the log for good, and this is what it came to. In order. */
  committed(entry: Entry, verdict: Verdict): void;
  /** The message is part of no replay. Threads that may have applied it are of no use. */
  dropped(entry: Entry): void;
  /** The part-th `continue` after this message was done. */
  wentOn(seq: number, part: number, effects: readonly Effect[]): void;
  /** Threads that were given this message are of no use. */
  undo(seq: number): void;
}

/**
 * Decides what becomes of the messages in the log. One that was answered is committed, in order; one that has killed too many threads, or of which
 * replicas say different things, is dropped.
 */
export class Judgement {
  readonly #host: JudgementHost;
  /** What replicas have said so far, until all have. */
  readonly #ballots = new Map<number, Ballots>();
  /** Decided, and waiting for those before them. */
  readonly #decided = new Map<number, Verdict>();
  readonly continuations: Continuations;

  constructor(host: JudgementHost) {
    this.#host = host;
    this.continuations = new Continuations({ ...host, done: host.wentOn, dropped: (seq) => this.#stays(seq) });
  }

  /** What comes before this message is forgotten. */
  forget(seq: number): void {
    for (const known of this.#ballots.keys()) if (known < seq) this.#ballots.delete(known);
    this.continuations.forget(seq);
  }

  /** What a thread has said that was found to be wrong is no word on anything. */
  withdraw(convicted: Member): void {
    for (const ballots of this.#ballots.values()) ballots.withdraw((voter) => voter === convicted);
    this.continuations.withdraw(convicted);
  }

  /**
   * Whether this replica has thrown at the message, and its vote stands while the others still vote. Given it again, it would only throw again: that can
   * go on for as long as another one hangs, and uses up the restart intensity of a server that the others could serve.
   */
  hasThrown(seq: number, replica: number): boolean {
    const isOpen = this.#host.log.get(seq)?.state === 'open';
    const ballots = this.#ballots.get(seq);
    if (isOpen && ballots?.hasThrown(replica) === true) return true;
    // Others may wait for its vote on the message itself, if that was lost with the thread.
    const owes = isOpen && ballots?.voters.some((voter) => voter.replica === replica) !== true;
    return !owes && this.continuations.hasThrown(seq, replica);
  }

  heard(member: Member, [seq, outcome, value, effects]: Report): void {
    member.applied = seq;
    const { log, quorum } = this.#host;
    const entry = log.get(seq);
    if (entry === undefined || entry.state === 'dropped') return;
    const verdict = { outcome, value, effects };
    // Nearly always: the only word there is, of the message that is next.
    if (quorum === 1 && seq === log.committed && outcome !== OUTCOME.threw && this.#decided.size === 0) {
      this.#commit(entry, verdict);
      if (log.get(log.committed)?.state === 'dropped') this.#advance();
    } else this.#cast(entry, member, verdict);
  }

  #cast(entry: Entry, member: Member, verdict: Verdict): void {
    const { quorum, replicas } = this.#host;
    if (quorum === 1) {
      // The only word there is. A reply that comes again, from a thread that has replayed the message, is not given again.
      if (entry.state === 'open' && !this.#decided.has(entry.seq)) this.#decide(entry, verdict);
      return;
    }
    let ballots = this.#ballots.get(entry.seq);
    if (entry.state === 'committed' && ballots === undefined) return; // All have voted; this is a thread that was rebuilt.
    if (ballots === undefined) {
      ballots = new Ballots(quorum);
      this.#ballots.set(entry.seq, ballots);
    }
    ballots.cast(member, verdict);
    if (ballots.verdict === undefined) {
      if (ballots.size >= replicas) this.#disagreed(entry, ballots);
      return;
    }
    if (ballots.size >= replicas) this.#ballots.delete(entry.seq);
    if (entry.state === 'open' && !this.#decided.has(entry.seq)) this.#decide(entry, ballots.verdict);
    this.#host.convict(ballots.losers);
  }

  #decide(entry: Entry, verdict: Verdict): void {
    if (verdict.outcome === OUTCOME.threw) {
      this.#drop(entry, reviveError(verdict.value));
      return;
    }
    this.#decided.set(entry.seq, verdict);
    this.#advance();
  }

  /** Commits what is decided, up to the first message that is not. */
  #advance(): void {
    const { log } = this.#host;
    for (let entry = log.get(log.committed); entry !== undefined; entry = log.get(log.committed)) {
      if (entry.state === 'dropped') log.pass();
      else {
        const verdict = this.#decided.get(entry.seq);
        if (verdict === undefined) return;
        this.#decided.delete(entry.seq);
        this.#commit(entry, verdict);
      }
    }
  }

  #commit(entry: Entry, verdict: Verdict): void {
    entry.state = 'committed';
    this.#host.log.pass();
    this.#host.committed(entry, verdict);
  }

  /** A thread has died at this message. */
  blame(member: Member, death: Death): void {
    const entry = this.#host.log.get(death.seq);
    if (entry === undefined || OUR_DOING.has(death.cause)) return;
    if (death.phase === PHASE.continuing) {
      this.#blameContinue(member, entry, death);
      return;
    }
    if (entry.state !== 'open' || death.phase !== PHASE.handler) return;
    if (death.cause === 'threw') {
      this.#cast(entry, member, { outcome: OUTCOME.threw, value: encodeForSure(death.error), effects: undefined });
      return;
    }
    entry.crashes++;
    const { retry, quorum, handlerTimeout } = this.#host;
    const limit = death.cause === 'timeout' ? quorum : (retry + 1) * quorum;
    if (entry.crashes >= limit) this.#drop(entry, crashed(entry.message.name, death, handlerTimeout));
  }

  /** The message was answered, and stands; what it wanted to go on with is what kills. */
  #blameContinue(member: Member, entry: Entry, { cause, error, seq }: Death): void {
    const { continuations } = this;
    const { quorum, retry } = this.#host;
    if (entry.continues === 'dropped') return;
    if (quorum > 1) {
      if (cause === 'threw') continuations.threw(member, seq, error);
      if (cause === 'threw' || continuations.isDone(member, seq)) return;
    }
    entry.crashes++;
    if (cause === 'threw' || entry.crashes >= (retry + 1) * quorum) continuations.drop(seq);
  }

  /** Nothing follows this message. Whatever was said of later ones was said by threads that may have gone on with it. */
  #stays(message: number): void {
    const entry = this.#host.log.get(message);
    if (entry === undefined) return;
    entry.continues = 'dropped';
    for (const known of [this.#ballots, this.#decided]) for (const seq of known.keys()) if (seq > message) known.delete(seq);
    this.#host.undo(message);
  }

  #disagreed(entry: Entry, ballots: Ballots): void {
    this.#drop(entry, noQuorum(entry.message.name, ballots));
  }

  #drop(entry: Entry, error: unknown): void {
    entry.state = 'dropped';
    // Whatever was said of later messages was said by threads that may have applied this one.
    for (const known of [this.#ballots, this.#decided]) for (const seq of known.keys()) if (seq >= entry.seq) known.delete(seq);
    this.continuations.unsay(entry.seq);
    entry.message.pending?.reject(error);
    this.#host.dropped(entry);
    this.#advance();
  }
}

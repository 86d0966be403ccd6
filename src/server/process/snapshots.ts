import { reviveError } from '../../core/wire/revive.ts';
import { digestOf, Sealed } from '../../core/wire/sealed.ts';
import { BallotBox } from '../../policies/redundancy/ballot-box.ts';
import { comparison } from '../../policies/redundancy/compare.ts';
import type { Log, LogSnapshot } from '../log/log.ts';
import type { Member } from '../members/member.ts';
import { KIND, type StateBytes } from '../wire.ts';
import { nextId } from './questions.ts';

export interface SnapshotsHost {
  readonly log: Log;
  readonly every: number;
  /** Bytes of messages after which the state is copied, however few they are. */
  readonly everyBytes: number;
  readonly quorum: number;
  /** Standbys that the server is to have. */
  readonly standby: number;
  voters(): readonly Member[];
  standbys(): readonly Member[];
  convict(members: readonly Member[]): void;
  /** The log begins anew with it. */
  installed(snapshot: LogSnapshot): void;
  failed(error: unknown): void;
}

interface Round {
  readonly id: number;
  /** The state before this message. */
  readonly seq: number;
  readonly asked: readonly Member[];
  readonly members: Member[];
  readonly states: StateBytes[];
  readonly box: BallotBox | undefined;
  chosen: StateBytes | undefined;
}

/** Where nothing is replayed, nothing is copied. */
export const NEVER = { every: Number.POSITIVE_INFINITY, everyBytes: Number.POSITIVE_INFINITY } as const;

const exactly = comparison('exact');

/** While a standby is on its way, or has not copied what it was asked for, the log may hold this many times the bytes that it holds otherwise. */
const PATIENCE = 2;

/** A state is copied when the log has taken this part of its size: what is saved is in proportion to what it costs. */
const WORTH = 8;

/**
 * Cuts the log short: now and then the state is copied, and what led to it is forgotten. Replicas all copy theirs at the same place, and the digests
 * are voted on. Otherwise a standby makes the copy, so that no caller has to wait for it; one that is still on its way, or gets no time, is waited for as
 * long as the log is not too large.
 */
export class Snapshots {
  readonly #host: SnapshotsHost;
  #round: Round | undefined;
  #askedAt: number;
  /** Bytes that had entered the log by then: what is still in it may be wanted by a thread that is behind, and is no reason to copy again. */
  #bytesThen: number;

  constructor(host: SnapshotsHost) {
    this.#host = host;
    this.#askedAt = host.log.start;
    this.#bytesThen = 0;
  }

  /** A message was committed, or all were asked for. */
  consider(now = false): void {
    this.#finish();
    if (this.#round === undefined) {
      if (now || this.#isDue()) this.#begin(this.#host.standbys().find(isLive));
    } else if (this.#isOverdue(this.#round)) this.#begin(undefined);
  }

  /** The standby that was asked gets no time, or hangs: whoever answers makes the copy. */
  #isOverdue({ asked }: Round): boolean {
    const { log, everyBytes } = this.#host;
    return asked.every(({ role }) => role === 'standby') && log.taken - this.#bytesThen >= (PATIENCE - 1) * everyBytes;
  }

  #isDue(): boolean {
    const { log, every, everyBytes, standby } = this.#host;
    const messages = log.committed - Math.max(this.#askedAt, log.snapshot?.seq ?? 0);
    const bytes = log.taken - this.#bytesThen;
    // To copy 100 MB takes half a second: callers had to wait for that just after a take-over, when there is no standby that could do it,
    // and a standby that is at it takes over the later.
    if (standby > 0 && !this.#host.standbys().some(isLive)) return bytes >= PATIENCE * everyBytes;
    return bytes >= everyBytes || (messages >= every && bytes >= (log.snapshot?.bytes.byteLength ?? 0) / WORTH);
  }

  /** A thread that was asked has died, or a message was dropped: nothing comes of this one. */
  abandon(member?: Member): void {
    if (member === undefined || this.#round?.asked.includes(member) === true) this.#round = undefined;
  }

  heard(member: Member, id: number, bytes: StateBytes | undefined, error: unknown): void {
    const round = this.#round;
    if (round?.id !== id) return;
    if (bytes === undefined) {
      this.#round = undefined;
      this.#host.failed(reviveError(error));
      return;
    }
    round.members.push(member);
    round.states.push(bytes);
    if (round.box === undefined) round.chosen = bytes;
    else {
      const copy = new Uint8Array(bytes).slice();
      round.box.cast(new Sealed(digestOf(copy), copy));
      if (round.box.canonical !== undefined) {
        round.chosen = round.states[round.box.canonical];
        this.#host.convict(round.members.filter((_, index) => !round.box!.won(index)));
      } else if (round.members.length >= round.asked.length) {
        this.#round = undefined; // No majority knows which one is right; the log does.
        this.#host.convict(round.asked);
        return;
      }
    }
    this.#finish();
  }

  #begin(standby: Member | undefined): void {
    const { log, quorum } = this.#host;
    const voters = this.#host.voters().filter(isLive);
    const asked = quorum > 1 ? voters : [standby ?? voters[0]].filter((one) => one !== undefined);
    if (asked.length < quorum) return;
    const seq = quorum === 1 && standby !== undefined ? log.committed : log.end;
    const id = nextId();
    this.#askedAt = seq;
    this.#bytesThen = log.taken;
    this.#round = {
      id,
      seq,
      asked,
      members: [],
      states: [],
      box: quorum === 1 ? undefined : new BallotBox(quorum, exactly),
      chosen: undefined,
    };
    for (const member of asked) member.asides.push({ id, after: seq, item: [KIND.snapshot, id, '', undefined, 0] });
    for (const member of asked) member.feed();
  }

  /** It counts once all that is in it is committed; and with replicas, all have answered or may. */
  #finish(): void {
    const { log } = this.#host;
    const round = this.#round;
    if (round?.chosen === undefined || log.committed < round.seq) return;
    if (round.members.length < round.asked.length && round.members.length < round.asked.filter(({ state }) => state === 'live').length)
      return;
    this.#round = undefined;
    this.#host.installed({ seq: round.seq, bytes: round.chosen, at: log.atBefore(round.seq) });
  }
}

const isLive = ({ state }: Member): boolean => state === 'live';

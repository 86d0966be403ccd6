import type { Clock, Timer } from '../../core/clock.ts';
import { reviveError } from '../../core/wire/revive.ts';
import type { ServerThread, StartThread, ThreadEnd } from '../host/server-thread.ts';
import type { Log, LogSnapshot } from '../log/log.ts';
import { type Answer, FROM, type FromThread, type Item, KIND, PHASE, type Phase, type ThreadInit, TO } from '../wire.ts';
import type { Death, Ended } from './death.ts';

/**
 * What a thread is for. A voter is given every message at once and answers it; a standby only what is committed, so that no message that kills
 * reaches it. That is the whole difference.
 */
export type Role = 'voter' | 'standby';

/** `starting`: the state is being made or restored. `live`: it applies the log. `ending`: it was asked to stop, or killed. */
export type MemberState = 'starting' | 'live' | 'ending' | 'dead';
/** Every transition that there is. */
export const MEMBER_SUCCESSORS: Readonly<Record<MemberState, readonly MemberState[]>> = {
  starting: ['live', 'ending', 'dead'],
  live: ['ending', 'dead'],
  ending: ['dead'],
  dead: [],
};

/** What is not in the log and goes to some threads: a question, a snapshot, the end. It is handled once all before `after` are. */
export interface Aside {
  readonly id: number;
  readonly after: number;
  readonly item: Item;
}

export interface MemberEvents {
  message(member: Member, message: FromThread): void;
  /** It does nothing more. Told once: by its last words, or else by its exit. */
  died(member: Member, death: Death): void;
  /** Nothing is left of it; or it will not end (`orphan`), and is not waited for any more. Told again if an orphan ends after all. */
  left(member: Member, as: 'ended' | 'orphan'): void;
}

/** At most this many messages are on their way to a thread. */
export const WINDOW = 512;

/** Milliseconds after its last words until a thread is terminated. To take its memory apart keeps a core busy, and who takes over needs one. */
const BURIAL = 4;

export interface MemberParts {
  readonly log: Log;
  readonly start: StartThread;
  readonly init: ThreadInit;
  readonly role: Role;
  readonly cursor: number;
  readonly clock: Clock;
  /** Milliseconds. */
  readonly terminateTimeout: number;
  readonly events: MemberEvents;
  /** Whether it is to wait with this message for the others' votes. */
  mustWait(seq: number): boolean;
}

/** One thread, and how far it has come in the log. */
export class Member {
  readonly replica: number;
  role: Role;
  #state: MemberState = 'starting';
  /** Number of the next message that it is to be given. */
  cursor: number;
  /** The last message that is in its state. */
  applied: number;
  readonly asides: Aside[] = [];
  /** Those that it was given and has not answered. */
  readonly asked: Map<number, Aside> = new Map();
  readonly #log: Log;
  readonly #thread: ServerThread;
  readonly #events: MemberEvents;
  readonly #mustWait: (seq: number) => boolean;
  /** The last message that it was given. */
  #sent: number;
  #ended: Ended | undefined;
  #lived = false;
  /** Milliseconds on the server's clock. */
  readonly startedAt: number;
  /** When it last said something, or was given something after it had answered everything; on the same clock. */
  heardAt: number;
  readonly #clock: Clock;
  readonly #terminateTimeout: number;
  /** When it runs out, the thread is an orphan. */
  #endTimer: Timer | undefined;

  constructor(parts: MemberParts) {
    const { log, start, init, role, cursor, clock, events, terminateTimeout, mustWait } = parts;
    this.#terminateTimeout = terminateTimeout;
    this.#mustWait = mustWait;
    this.#log = log;
    this.role = role;
    this.cursor = cursor;
    this.applied = cursor - 1;
    this.#sent = this.applied;
    this.replica = init.replica;
    this.#clock = clock;
    this.startedAt = clock.now();
    this.heardAt = this.startedAt;
    this.#events = events;
    this.#thread = start(init, { message: (message) => this.#message(message), exited: (end) => this.#exited(end) });
  }

  get state(): MemberState {
    return this.#state;
  }

  get threadId(): number {
    return this.#thread.threadId;
  }

  /** Its process, if it has one of its own. */
  get pid(): number | undefined {
    return this.#thread.pid;
  }

  get current(): { readonly phase: Phase; readonly seq: number; readonly startedAt: number } {
    return this.#thread.control.current;
  }

  /** Something was sent that it has not answered. */
  get isBusy(): boolean {
    return this.applied < this.#sent || this.asked.size > 0;
  }

  /** How far it may go. */
  get limit(): number {
    return this.role === 'voter' ? this.#log.end : this.#log.committed;
  }

  /** Sends what it may have of the log, and what stands between. */
  feed(): void {
    if (this.state !== 'live') return;
    const items: Item[] = [];
    const wasBusy = this.isBusy;
    for (;;) {
      const aside = this.asides[0];
      if (aside !== undefined && aside.after <= this.cursor) {
        this.asides.shift();
        this.asked.set(aside.id, aside);
        items.push(aside.item);
        continue;
      }
      if (this.cursor >= this.limit || this.#sent - this.applied > WINDOW) break;
      const entry = this.#log.get(this.cursor);
      if (entry === undefined) break; // It was trimmed away beneath it, which does not happen to a living thread.
      if (this.#mustWait(entry.seq)) break;
      this.cursor++;
      if (entry.state === 'dropped') continue;
      this.#sent = entry.seq;
      items.push(entry.item);
    }
    if (items.length === 0) return;
    if (!wasBusy) this.heardAt = this.#clock.now();
    this.#thread.post(items.length === 1 ? items[0]! : [TO.items, items]);
  }

  /** Has it go on from this copy of the state, if it has not come as far. What it votes on it must have seen. */
  skipTo({ seq, bytes, at }: LogSnapshot): void {
    const isFree = this.state === 'starting' || (this.state === 'live' && this.role === 'standby');
    if (!isFree || this.cursor >= seq) return;
    this.cursor = seq;
    this.#sent = seq - 1;
    this.#thread.post([TO.items, [[KIND.restore, seq - 1, '', bytes, at]]]);
  }

  /** Another server has answered a handler. */
  answer(seq: number, answer: Answer): void {
    if (this.state === 'live') this.#thread.post([TO.answer, seq, answer]);
  }

  /** Its state is there. */
  opened(): void {
    if (this.#state === 'live') return; // It says so twice: code of the user runs there.
    this.#become('live');
    this.#lived = true;
  }

  end(why: Ended): void {
    if (this.state === 'dead' || this.state === 'ending') return;
    this.#become('ending');
    this.#ended = why;
    this.#terminate();
  }

  /** Inside a native call no thread can be ended: its place is filled, and what it may say one day is not heard. */
  #terminate(): void {
    this.#thread.terminate();
    this.#endTimer ??= this.#clock.setTimeout(
      () => {
        if (this.state !== 'dead') this.#died({ cause: 'exit', exitCode: undefined, error: undefined, ...this.#at() });
        this.#events.left(this, 'orphan');
      },
      this.#terminateTimeout,
      'turning',
    );
  }

  #message(message: FromThread): void {
    this.heardAt = this.#clock.now();
    // What a thread says that was ended for a reason is not heard any more.
    if (this.state === 'dead' || (this.state === 'ending' && message[0] !== FROM.crashing)) return;
    if (message[0] === FROM.crashing) {
      const [, seq, phase, error] = message;
      const cause = phase === PHASE.idle || phase === PHASE.doubtful ? 'exit' : 'threw';
      this.#died({ cause, exitCode: 1, error: reviveError(error), seq, phase });
      this.#bury();
    } else if (message[0] === FROM.exiting) {
      const { seq, phase } = this.#at();
      this.#died({ cause: 'exit', exitCode: message[1], error: undefined, seq: message[2] ?? seq, phase: message[3] ?? phase });
      this.#bury();
    } else this.#events.message(this, message);
  }

  #exited(end: ThreadEnd): void {
    if (this.state !== 'dead') this.#died({ ...end, ...this.#at() });
    this.#clock.clearTimeout(this.#endTimer);
    this.#events.left(this, 'ended');
  }

  /** @throws {Error} if no member can go from its state to that one: that would be a bug of the server */
  #become(state: MemberState): void {
    if (!MEMBER_SUCCESSORS[this.#state].includes(state)) throw new Error(`A server's thread cannot go from ${this.#state} to ${state}.`);
    this.#state = state;
  }

  #died(death: Omit<Death, 'lived'>): void {
    this.#become('dead');
    this.#events.died(this, { ...death, cause: this.#ended ?? death.cause, lived: this.#lived });
  }

  /** After last words nothing is to be waited for. */
  #bury(): void {
    this.#endTimer ??= this.#clock.setTimeout(() => {
      this.#endTimer = undefined;
      this.#terminate();
    }, BURIAL);
  }

  #at(): Pick<Death, 'seq' | 'phase'> {
    const { seq, phase } = this.current;
    return { seq, phase };
  }
}

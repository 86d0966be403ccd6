import type { CopyGroup } from './copy-group.ts';

/**
 * - `new`: made, and not queued yet
 * - `queued`: waits in the backlog
 * - `taken`: out of the backlog, about to be handed to a thread
 * - `sent`: handed to a thread, started or about to be
 * - `surplus`: on a thread, but no longer needed; what it returns goes to its course as late
 * - `fenced`: given up; whatever it still sends is late
 * - `ended`: its outcome was taken
 */
export type AttemptState = 'new' | 'queued' | 'taken' | 'sent' | 'surplus' | 'fenced' | 'ended';

/** Every transition that there is. One that was given up can still be found to have ended, when its thread has died. */
export const ATTEMPT_SUCCESSORS: Readonly<Record<AttemptState, readonly AttemptState[]>> = {
  new: ['queued', 'fenced', 'ended'],
  queued: ['taken', 'fenced', 'ended'],
  taken: ['sent', 'queued', 'fenced', 'ended'],
  sent: ['queued', 'surplus', 'fenced', 'ended'],
  surplus: ['fenced', 'ended'],
  fenced: ['ended'],
  ended: [],
};

// Millions of tasks a second go through these states: so a state is kept as its number, and what may follow it as the bits of a word.
const NAMES = Object.keys(ATTEMPT_SUCCESSORS) as AttemptState[];
const FOLLOW = NAMES.map((name) => ATTEMPT_SUCCESSORS[name].reduce((bits, next) => bits | (1 << NAMES.indexOf(next)), 0));
const NEW = NAMES.indexOf('new');
const QUEUED = NAMES.indexOf('queued');
const TAKEN = NAMES.indexOf('taken');
const SENT = NAMES.indexOf('sent');
const SURPLUS = NAMES.indexOf('surplus');
const FENCED = NAMES.indexOf('fenced');
const ENDED = NAMES.indexOf('ended');

/** Wishes of an attempt about its thread; absent on the hot path. */
export interface Placement {
  /** Not on a thread that has run one of these. */
  readonly kin?: CopyGroup;
  /** Only a thread that has run nothing yet, and nothing else beside it. */
  readonly fresh?: boolean;
  /** Only in a cell: an attempt of the task has crashed, and the pool escalates. */
  readonly isolated?: boolean;
  /** A large result comes sealed: it is compared by its digest, and read only if it is delivered. */
  readonly seal?: boolean;
  /** Not in a bundle with others. */
  readonly alone?: boolean;
  /** What happened to it on a thread that had served others was not charged to it: what happens now is. */
  readonly excused?: boolean;
  /** It may have begun on a thread that was lost with its node, or died of its mail. */
  readonly lost?: boolean;
  /** Its place in a trace, for the thread. */
  readonly trace?: TraceHeaders;
}

/** The headers `traceparent` and `tracestate` of W3C. */
export interface TraceHeaders {
  readonly traceparent: string;
  readonly tracestate?: string;
}

/** A thread, as far as an attempt has to know it. */
export interface Performer {
  /** Unique in the pool, and never used again. */
  readonly key: number;
  readonly slot: number;
  readonly threadId: number;
  /** Where it lives, if copies are to be spread over several places. */
  readonly domain?: string | undefined;
}

/** A task, as far as an attempt has to know it. */
export interface Tried {
  /** Attempts begun so far. */
  begun: number;
  readonly spec: { readonly idempotent: boolean };
  readonly extras: { readonly transferList?: readonly unknown[] } | undefined;
}

/** One try at a task of this kind: it is queued, sent to a thread, and ends with one outcome. Its state changes here, and nowhere else. */
export class AttemptAt<T extends Tried> {
  readonly task: T;
  /** 1 for the first attempt of the task. */
  readonly number: number;
  /** Number of the copy; 0 unless the task is redundant or hedged. */
  readonly replica: number;
  /** Retries, hedges and extra ballots draw on the retry budget. */
  readonly recovery: boolean;
  #state = NEW;
  #placement: Placement | undefined;
  #startedAt = 0;
  #hasBegun = false;
  #thread: Performer | undefined = undefined;
  #bundle = 0;
  /** Place in the backlog: turn, and neighbours. */
  turn = 0;
  before: this | undefined = undefined;
  after: this | undefined = undefined;

  constructor(task: T, replica: number, recovery: boolean, placement?: Placement) {
    this.task = task;
    this.number = ++task.begun;
    this.replica = replica;
    this.recovery = recovery;
    this.#placement = placement;
  }

  get state(): AttemptState {
    return NAMES[this.#state]!;
  }

  get placement(): Placement | undefined {
    return this.#placement;
  }

  /** When it was handed to a thread, then when it started there (manager's clock); 0 before. */
  get startedAt(): number {
    return this.#startedAt;
  }

  /** It has begun once, or may have: it ended, was given up, or was given back because its thread died under it. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** The thread that it was handed to last. */
  get thread(): Performer | undefined {
    return this.#thread;
  }

  /** `key` of the thread that it was handed to last; -1 before. */
  get threadKey(): number {
    return this.#thread?.key ?? -1;
  }

  /** The bundle in which that was: what was given back may come to the same thread again. */
  get bundle(): number {
    return this.#bundle;
  }

  /** The memory of its input moves to the thread: it cannot be had back, nor sent to another. */
  get movesMemory(): boolean {
    return this.task.extras?.transferList !== undefined;
  }

  /** Whether it may be run again although it has begun. */
  get mayRunTwice(): boolean {
    return this.task.spec.idempotent && !this.movesMemory;
  }

  /** What may be started only once must not be in doubt when a neighbour dies; moved memory belongs to one message. */
  get travelsAlone(): boolean {
    return !this.task.spec.idempotent || this.movesMemory || this.#placement?.alone === true || this.#placement?.fresh === true;
  }

  /** From now on it shares no bundle: what happens to its thread then is its own doing. */
  travelAlone(): void {
    this.#placement = { ...this.#placement, alone: true };
  }

  /** It may have begun on a thread that was lost with its node, or died of its mail: once that is nobody's fault. */
  lose(): void {
    this.#placement = { ...this.#placement, alone: true, lost: true };
  }

  get wasLost(): boolean {
    return this.#placement?.lost === true;
  }

  /** One of several of which one has killed the thread: it shares no bundle any more, and where it shared none, no thread. */
  part(hasBeenAlone: boolean): void {
    this.#placement = { ...this.#placement, alone: true, ...(hasBeenAlone && { fresh: true }) };
  }

  /** Its place in a trace, which its thread is to know. */
  carry(trace: TraceHeaders): void {
    this.#placement = { ...this.#placement, trace };
  }

  /** A neighbour may be to blame: it shows on a fresh thread, alone, whether it was. Once, or it might run uncharged again and again. */
  excuse(): void {
    this.#hasBegun = true;
    this.#placement = { ...this.#placement, fresh: true, alone: true, excused: true };
  }

  /** Whether another task of its thread may have done what happened to it, as far as its own history tells. */
  get mayBeExcused(): boolean {
    return this.#placement?.excused !== true && this.#placement?.fresh !== true;
  }

  /** It waits in the backlog: for the first time, or again because it was handed over in vain. */
  queue(): void {
    this.#become(QUEUED);
  }

  /** It has left the backlog. A copy remembers at once for which thread. */
  take(thread?: Performer): void {
    this.#become(TAKEN);
    if (thread !== undefined) this.#thread = thread;
  }

  /** It was handed to a thread. False if it had been given up by then: it is on that thread all the same. */
  send(thread: Performer, bundle: number, now: number): boolean {
    this.#startedAt = now;
    this.#thread = thread;
    this.#bundle = bundle;
    if (this.#state !== TAKEN) return false;
    this.#become(SENT);
    return true;
  }

  /** It has begun, or may have. @param at on the manager's clock, if that is known */
  begin(at?: number): void {
    this.#hasBegun = true;
    if (at !== undefined) this.#startedAt = at;
  }

  /** Its outcome is not wanted any more. */
  giveUp(as: 'surplus' | 'fenced'): void {
    const to = as === 'surplus' ? SURPLUS : FENCED;
    if (this.#state !== to) this.#become(to);
  }

  /** Its outcome was taken, or found. */
  end(): void {
    this.#become(ENDED);
    this.#hasBegun = true;
  }

  /** It can go to no thread: it has ended, and has not begun by that. */
  endUnsent(): void {
    this.#become(ENDED);
  }

  /** @throws {Error} if no attempt can go from its state to that one: that would be a bug of the pool */
  #become(to: number): void {
    if ((FOLLOW[this.#state]! & (1 << to)) === 0) throw new Error(`Attempt ${this.number} cannot go from ${this.state} to ${NAMES[to]}.`);
    this.#state = to;
  }
}

import { hash32, type Random, seeded } from '../../core/random.ts';
import { encodeForSure } from '../../core/wire/codec.ts';
import { answerIn, contentOf, messageOf } from '../content.ts';
import type { CallOptions } from '../define/call-options.ts';
import type { From, ServerContext, TimerRef } from '../define/context.ts';
import { isFail } from '../define/marks.ts';
import { notCloneable, ServerError } from '../errors.ts';
import { legible } from '../legible.ts';
import type { Answer, Content, Effect } from '../wire.ts';
import type { HeldState } from './held-state.ts';

/** What is the same for all messages of a thread. */
export interface Surroundings {
  readonly server: string;
  readonly name: string;
  readonly replica: number;
  readonly seed: number;
  /** Asks the manager to call another server; `answered` is called once. */
  ask(seq: number, n: number, server: string, name: string, content: Content, timeout: number | undefined): void;
}

/** One run of a handler. */
export interface ScopePart {
  readonly seq: number;
  /** 0 for the handler of the message itself, then one for each `continue`. */
  readonly part: number;
  readonly at: number;
  readonly replaying: boolean;
  readonly answers: readonly Answer[] | undefined;
}

/** More calls to other servers than one handler makes. */
const MOST_CALLS = 1_000_000;

/** The context of one message. What it wants done is collected, and done once the message is committed. */
export class Scope implements ServerContext {
  readonly #around: Surroundings;
  readonly #held: HeldState | undefined;
  readonly #part: ScopePart;
  effects: Effect[] | undefined;
  /** Those that `init` sets, before there is a state to hold them. */
  timers: Map<TimerRef, unknown> | undefined;
  /** Messages for `continue`. */
  continues: unknown[] | undefined;
  #random: Random | undefined;
  #timers = 0;
  #asked = 0;
  #waiting: Map<number, (answer: Answer) => void> | undefined;

  constructor(around: Surroundings, held: HeldState | undefined, part: ScopePart) {
    this.#around = around;
    this.#held = held;
    this.#part = part;
  }

  get seq(): number {
    return this.#part.seq;
  }

  get replaying(): boolean {
    return this.#part.replaying;
  }

  get name(): string {
    return this.#around.name;
  }

  get replica(): number {
    return this.#around.replica;
  }

  get from(): From {
    return { server: this.#around.server, call: this.seq };
  }

  now(): number {
    return this.#part.at;
  }

  random(): number {
    this.#random ??= seeded(hash32(this.#around.seed, this.#part.seq, this.#part.part));
    return this.#random();
  }

  sendAfter(ms: number, message: unknown): TimerRef {
    if (typeof ms !== 'number' || !(ms >= 0)) throw new RangeError(`sendAfter(ms): Expected milliseconds, at least 0. Got ${String(ms)}.`);
    const ref = `${this.#part.seq}.${this.#part.part}.${this.#timers++}`;
    // In the state, as everything that a replay must find again; a copy, as everything that is in the log.
    if (this.#held === undefined) this.timers ??= new Map();
    (this.#held?.timers ?? this.timers!).set(ref, messageOf(contentOf(message)));
    this.#effect(['timer', ref, ms]);
    return ref;
  }

  cancelTimer(ref: TimerRef): boolean {
    if (this.#held?.timers.delete(ref) !== true) return false;
    this.#effect(['cancel', ref]);
    return true;
  }

  continue(message: unknown): void {
    this.continues ??= [];
    this.continues.push(message);
  }

  stop(error?: unknown): void {
    this.#effect(['stop', error === undefined ? undefined : legible(encodeForSure(error))]);
  }

  reply(from: From, value: unknown): void {
    this.#effect(['reply', callerIn(from), ...replied(value)]);
  }

  cast(server: string, name: string, message?: unknown): void {
    this.#effect(['cast', textIn(server, 'cast(server)'), textIn(name, 'cast(name)'), contentOf(message)]);
  }

  call(server: string, name: string, message?: unknown, options: CallOptions = {}): Promise<unknown> {
    const n = this.#part.part * MOST_CALLS + this.#asked++;
    return new Promise((resolve, reject) => {
      if (server === this.name) {
        const advice = 'It would wait for itself. Call the function itself instead.';
        reject(new ServerError('ERR_SERVER_CYCLE', `Server ${JSON.stringify(server)} called itself. ${advice}`));
        return;
      }
      const heard = ([, content, failed]: Answer): void => {
        const [value, isError] = answerIn(content, failed);
        if (isError) reject(value);
        else resolve(value);
      };
      const known = this.#part.answers?.find((answer) => answer[0] === n);
      if (known !== undefined) {
        heard(known);
        return;
      }
      const order = [textIn(server, 'call(server)'), textIn(name, 'call(name)'), contentOf(message), timeoutIn(options)] as const;
      this.#waiting ??= new Map();
      this.#waiting.set(n, heard);
      this.#around.ask(this.seq, n, ...order);
    });
  }

  /** The manager has an answer for this message. */
  answered(answer: Answer): void {
    this.#waiting?.get(answer[0])?.(answer);
    this.#waiting?.delete(answer[0]);
  }

  #effect(effect: Effect): void {
    this.effects ??= [];
    this.effects.push(effect);
  }
}

/** The reply as bytes: one that cannot be cloned is its caller's error, and no death. */
function replied(value: unknown): [content: Content, failed: boolean] {
  try {
    return isFail(value) ? [contentOf(encodeForSure(value.error)), true] : [contentOf(value), false];
  } catch (cause) {
    return [contentOf(encodeForSure(notCloneable('reply', cause))), true];
  }
}

// A thread that orders what the manager does not understand is ended, and no message is to blame; so what is wrong is thrown where it is said.

function textIn(value: unknown, what: string): string {
  if (typeof value === 'string') return value;
  throw new TypeError(`${what}: Expected a string. Got ${typeof value}.`);
}

function callerIn(from: From | null | undefined): From {
  const { server, call } = from ?? {};
  if (typeof server === 'string' && typeof call === 'number') return { server, call };
  throw new TypeError(`reply(from): Expected what context().from was. Got ${typeof from}.`);
}

function timeoutIn({ timeout }: CallOptions): number | undefined {
  if (timeout === undefined || typeof timeout === 'number') return timeout;
  throw new TypeError(`call(options): Expected a timeout in milliseconds. Got ${typeof timeout}.`);
}

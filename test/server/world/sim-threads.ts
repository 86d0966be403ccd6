import type { Clock } from '../../../src/core/clock.ts';
import { hash32, type Random, seeded } from '../../../src/core/random.ts';
import { encodeForSure } from '../../../src/core/wire/codec.ts';
import { sharedBytes } from '../../../src/server/content.ts';
import { Control } from '../../../src/server/control.ts';
import type { ServerThread, ServerThreadEvents, StartThread, ThreadEnd } from '../../../src/server/host/server-thread.ts';
import { type OpenThread, openThread } from '../../../src/server/thread/open.ts';
import { FROM, type FromThread, PHASE, type ThreadInit, type ToThread } from '../../../src/server/wire.ts';
import * as chain from './chain.ts';
import { calm, world } from './hooks.ts';

/** How often what happens. */
export interface Weather {
  /** A thread dies half way through a handler. */
  readonly halfway: number;
  /** The same while it replays. */
  readonly replaying: number;
  /** A thread dies while it copies its state. */
  readonly copying: number;
  /** A thread dies between two turns. */
  readonly idle: number;
  /** A result of one replica is spoiled. */
  readonly spoil: number;
}

/**
 * How a thread ends: without a word, by an exception, by `process.exit`, out of memory, by an error of the worker; or not at all: it hangs, and has to be
 * ended.
 */
export const KINDS = ['silent', 'threw', 'exit', 'oom', 'error', 'hang'] as const;
export type DeathKind = (typeof KINDS)[number];
/** When it does. */
export const MOMENTS = ['idle', 'handler', 'snapshot', 'replay', 'take-over', 'close'] as const;
export type Moment = (typeof MOMENTS)[number];

export const FAIR: Weather = { halfway: 0, replaying: 0, copying: 0, idle: 0, spoil: 0 };

/** Ends a simulated thread: nothing that it does afterwards arrives. */
class Killed extends Error {}

/** The real runtime of a thread, on queues that the world empties in an order that it draws. */
class SimThread implements ServerThread {
  readonly threadId: number;
  readonly control = new Control();
  readonly toThread: ToThread[] = [];
  readonly toManager: FromThread[] = [];
  readonly replica: number;
  readonly #events: ServerThreadEvents;
  #open: OpenThread | undefined;
  #state: 'alive' | 'hung' | 'dead' | 'gone' = 'alive';
  #cause: ThreadEnd['cause'] = 'exit';
  /** It has handled no message before the others had. */
  isFresh = true;

  constructor(threadId: number, init: ThreadInit, events: ServerThreadEvents, clock: Clock) {
    this.threadId = threadId;
    this.replica = init.replica;
    this.#events = events;
    void openThread(structuredClone(init), {
      control: this.control,
      post: (message) => {
        if (this.#state === 'alive') this.toManager.push(structuredClone(message));
      },
      keep: sharedBytes,
      now: () => clock.machine(),
      die: () => this.die(),
      load: async () => ({ ...chain }),
    }).then((open) => {
      this.#open = open;
    });
  }

  post(message: ToThread): void {
    if (this.#state === 'alive') this.toThread.push(structuredClone(message));
  }

  terminate(): void {
    this.die();
  }

  die(): void {
    if (this.isAlive) this.#state = 'dead';
  }

  strike(kind: DeathKind): void {
    if (this.#state !== 'alive') return;
    const { phase, seq } = this.control.current;
    if (kind === 'threw') this.toManager.push([FROM.crashing, phase === PHASE.idle ? -1 : seq, phase, encodeForSure(new Error('struck'))]);
    if (kind === 'exit') this.toManager.push([FROM.exiting, 1]);
    if (kind === 'oom' || kind === 'error') this.#cause = kind;
    this.#state = kind === 'hang' ? 'hung' : 'dead';
  }

  get isAlive(): boolean {
    return this.#state === 'alive' || this.#state === 'hung';
  }

  get isHung(): boolean {
    return this.#state === 'hung';
  }

  get isGone(): boolean {
    return this.#state === 'gone';
  }

  /** Takes one message, if it is up. */
  turn(): void {
    if (this.#state !== 'alive' || this.#open === undefined) return;
    const message = this.toThread.shift();
    if (message !== undefined) this.#open.receive(message);
  }

  /** Hands one message to the manager; the death notice is the last. */
  deliver(): void {
    const message = this.toManager.shift();
    if (message !== undefined) this.#events.message(message);
    else if (this.#state === 'dead') {
      this.#state = 'gone';
      this.#events.exited({ cause: this.#cause, exitCode: 1, error: this.#cause === 'error' ? new Error('struck') : undefined });
    }
  }

  /** What had been sent and not delivered may be lost with the thread. */
  loseMail(random: Random): void {
    this.toManager.length = Math.floor(random() * (this.toManager.length + 1));
  }
}

export class SimThreads {
  readonly #random: Random;
  readonly #clock: Clock;
  readonly #threads: SimThread[] = [];
  readonly deaths = { halfway: 0, replaying: 0, copying: 0, idle: 0 };
  weather: Weather = FAIR;
  spoiled = 0;
  /** The one replica whose core is bad at a time: two that are wrong in the same way would be a majority. */
  badReplica = 0;
  #started = 0;
  /** The server is being stopped. */
  isClosing = false;
  /** How often each kind has struck at each moment. */
  readonly struck = new Map<`${DeathKind} ${Moment}`, number>();
  /** How often the state of the bad replica is spoiled in a way that no reply tells. Has a stream of its own as well. */
  side = 0;
  readonly #sides: Random;
  spoiledSides = 0;
  /** Share of the messages that go on with something. */
  goingOn = 0;
  readonly #seed: number;
  /** Kinds have a stream of their own: what is drawn of them moves nothing else. */
  readonly #kinds: Random;

  constructor(random: Random, clock: Clock, seed: number) {
    this.#random = random;
    this.#seed = seed;
    this.#kinds = seeded(seed ^ 0x5eed);
    this.#sides = seeded(seed ^ 0x51de);
    this.#clock = clock;
  }

  goesOn(id: number): boolean {
    return hash32(this.#seed, id, 0xc047) / 2 ** 32 < this.goingOn;
  }

  readonly start: StartThread = (init, events) => {
    const thread = new SimThread(++this.#started, init, events, this.#clock);
    this.#threads.push(thread);
    return thread;
  };

  /** One thing happens somewhere. False if nothing can. */
  step(): boolean {
    const random = this.#random;
    const ready = this.#threads.filter(
      (one) => !one.isGone && ((one.toThread.length > 0 && !one.isHung) || one.toManager.length > 0 || !one.isAlive),
    );
    if (ready.length === 0) return false;
    const thread = ready[Math.floor(random() * ready.length)]!;
    if (thread.isAlive && random() < this.weather.idle) this.#kill(thread, 'idle');
    if (thread.toThread.length > 0 && thread.isAlive && !thread.isHung && random() < 0.6) this.#turn(thread);
    else thread.deliver();
    for (let i = this.#threads.length - 1; i >= 0; i--) if (this.#threads[i]!.isGone) this.#threads.splice(i, 1);
    return true;
  }

  #turn(thread: SimThread): void {
    const { weather } = this;
    const random = this.#random;
    world.fate = {
      halfway: (replaying) => {
        if (random() < (replaying ? weather.replaying : weather.halfway)) this.#fell(thread, replaying ? 'replaying' : 'halfway');
        if (!replaying) thread.isFresh = false;
      },
      spoilSide: (value) => {
        if (this.side === 0 || thread.replica !== this.badReplica || this.#sides() >= this.side) return value;
        this.spoiledSides++;
        return value ^ (1 + thread.replica);
      },
      copying: () => {
        if (random() < weather.copying) this.#fell(thread, 'copying');
      },
      goesOn: (id) => this.goesOn(id),
      spoil: (value) => {
        if (weather.spoil === 0 || thread.replica !== this.badReplica || random() >= weather.spoil) return value;
        this.spoiled++;
        return value ^ (1 + thread.replica); // What is wrong with a core is wrong with the next thread on it as well. Two cores differ: what they say alike cannot be known.
      },
    };
    try {
      thread.turn();
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    } finally {
      calm();
    }
  }

  #kill(thread: SimThread, how: keyof SimThreads['deaths']): void {
    this.deaths[how]++;
    const kind = KINDS[Math.floor(this.#kinds() * KINDS.length)]!;
    const usual = ({ idle: 'idle', halfway: 'handler', replaying: 'replay', copying: 'snapshot' } as const)[how];
    const moment = this.isClosing ? 'close' : how === 'halfway' && thread.isFresh && thread.threadId > 1 ? 'take-over' : usual;
    const cell = `${kind} ${moment}` as const;
    this.struck.set(cell, (this.struck.get(cell) ?? 0) + 1);
    // What was on its way is lost first: last words are the last that arrives.
    if (this.#random() < 0.5) thread.loseMail(this.#random);
    thread.strike(kind);
  }

  #fell(thread: SimThread, how: keyof SimThreads['deaths']): never {
    this.#kill(thread, how);
    throw new Killed();
  }
}

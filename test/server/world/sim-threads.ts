import type { Clock } from '../../../src/core/clock.ts';
import { hash32, type Random, seeded } from '../../../src/core/random.ts';
import type { StartThread } from '../../../src/server/host/server-thread.ts';
import { calm, world } from './hooks.ts';
import { type DeathKind, KINDS, SimThread } from './sim-thread.ts';
import type { Toll } from './tails.ts';

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

/** When it does. */
export const MOMENTS = ['idle', 'handler', 'snapshot', 'replay', 'take-over', 'close'] as const;
export type Moment = (typeof MOMENTS)[number];

export const FAIR: Weather = { halfway: 0, replaying: 0, copying: 0, idle: 0, spoil: 0 };

/** Ends a simulated thread: nothing that it does afterwards arrives. */
class Killed extends Error {}

export class SimThreads {
  readonly #random: Random;
  readonly #clock: Clock;
  readonly #threads: SimThread[] = [];
  /** By message. */
  readonly tolls = new Map<number, Toll>();
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

  /** One of them will do nothing more until it is ended. */
  get haveHung(): boolean {
    return this.#threads.some(({ isHung }) => isHung);
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
      halfway: (id, replaying, goesOn = false) => {
        if (random() < (replaying ? weather.replaying : weather.halfway)) {
          this.#count(id, this.#kill(thread, replaying ? 'replaying' : 'halfway') === 'threw' && goesOn);
          throw new Killed();
        }
        if (!replaying) thread.isFresh = false;
      },
      spoilSide: (value) => {
        if (this.side === 0 || thread.replica !== this.badReplica || this.#sides() >= this.side) return value;
        this.spoiledSides++;
        return value ^ (1 + thread.replica);
      },
      copying: () => {
        if (random() >= weather.copying) return;
        this.#kill(thread, 'copying');
        throw new Killed();
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

  #kill(thread: SimThread, how: keyof SimThreads['deaths']): DeathKind {
    this.deaths[how]++;
    const kind = KINDS[Math.floor(this.#kinds() * KINDS.length)]!;
    const usual = ({ idle: 'idle', halfway: 'handler', replaying: 'replay', copying: 'snapshot' } as const)[how];
    const moment = this.isClosing ? 'close' : how === 'halfway' && thread.isFresh && thread.threadId > 1 ? 'take-over' : usual;
    const cell = `${kind} ${moment}` as const;
    this.struck.set(cell, (this.struck.get(cell) ?? 0) + 1);
    // What was on its way is lost first: last words are the last that arrives.
    if (this.#random() < 0.5) thread.loseMail(this.#random);
    thread.strike(kind);
    return kind;
  }

  #count(id: number, hasThrown: boolean): void {
    const { all, thrown } = this.tolls.get(id) ?? { all: 0, thrown: 0 };
    this.tolls.set(id, { all: all + 1, thrown: thrown + (hasThrown ? 1 : 0) });
  }
}

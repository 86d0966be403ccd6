import type { Clock } from '../../../src/core/clock.ts';
import type { Random } from '../../../src/core/random.ts';
import { Control } from '../../../src/server/control.ts';
import type { ServerThread, ServerThreadEvents, StartThread } from '../../../src/server/host/server-thread.ts';
import { type OpenThread, openThread } from '../../../src/server/thread/open.ts';
import type { FromThread, ThreadInit, ToThread } from '../../../src/server/wire.ts';
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

export const FAIR: Weather = { halfway: 0, replaying: 0, copying: 0, idle: 0, spoil: 0 };

/** Ends a simulated thread: nothing that it does afterwards is heard. */
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
  #state: 'alive' | 'dead' | 'gone' = 'alive';

  constructor(threadId: number, init: ThreadInit, events: ServerThreadEvents, clock: Clock) {
    this.threadId = threadId;
    this.replica = init.replica;
    this.#events = events;
    void openThread(structuredClone(init), {
      control: this.control,
      post: (message) => {
        if (this.#state === 'alive') this.toManager.push(structuredClone(message));
      },
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
    if (this.#state === 'alive') this.#state = 'dead';
  }

  get isAlive(): boolean {
    return this.#state === 'alive';
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
      this.#events.exited({ cause: 'exit', exitCode: 1, error: undefined });
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

  constructor(random: Random, clock: Clock) {
    this.#random = random;
    this.#clock = clock;
  }

  readonly start: StartThread = (init, events) => {
    const thread = new SimThread(++this.#started, init, events, this.#clock);
    this.#threads.push(thread);
    return thread;
  };

  /** One thing happens somewhere. False if nothing can. */
  step(): boolean {
    const random = this.#random;
    const ready = this.#threads.filter((one) => !one.isGone && (one.toThread.length > 0 || one.toManager.length > 0 || !one.isAlive));
    if (ready.length === 0) return false;
    const thread = ready[Math.floor(random() * ready.length)]!;
    if (thread.isAlive && random() < this.weather.idle) this.#kill(thread, 'idle');
    if (thread.toThread.length > 0 && thread.isAlive && random() < 0.6) this.#turn(thread);
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
      },
      copying: () => {
        if (random() < weather.copying) this.#fell(thread, 'copying');
      },
      spoil: (value) => {
        if (weather.spoil === 0 || thread.replica !== this.badReplica || random() >= weather.spoil) return value;
        this.spoiled++;
        return value ^ 1;
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
    thread.die();
    if (this.#random() < 0.5) thread.loseMail(this.#random);
  }

  #fell(thread: SimThread, how: keyof SimThreads['deaths']): never {
    this.#kill(thread, how);
    throw new Killed();
  }
}

import type { Clock } from '../../../core/clock.ts';
import { soon } from '../../../core/soon.ts';
import type { Hearing, Link, Reader, Sighting } from './link.ts';
import type { MemoryBroker, Party } from './memory-broker.ts';

/** The way that something goes: from this program to the broker, or from the broker to it. */
export type Way = 'out' | 'in';

/** One program's connection with the broker in memory. */
export class MemoryLink implements Link, Party {
  trouble: Error | undefined;
  readonly deaf = undefined;
  readonly #broker: MemoryBroker;
  readonly #clock: Clock;
  readonly #turn: (fn: () => void) => void;
  /** `dead`: the program is gone, and the broker knows it. */
  #state: 'open' | 'dead' = 'open';
  /** Ways on which nothing gets through: it comes later. */
  readonly #cut = new Set<Way>();
  readonly #outgoing: (() => void)[] = [];
  readonly #incoming: (() => void)[] = [];
  /** When what was sent last will have come through. */
  readonly #due: Record<Way, number> = { out: 0, in: 0 };

  /** @param turn calls what has arrived when this program has its turn. @default at once */
  constructor(broker: MemoryBroker, clock: Clock, turn: (fn: () => void) => void = (fn) => fn()) {
    this.#broker = broker;
    this.#clock = clock;
    this.#turn = turn;
    broker.joins(this);
  }

  get connected(): boolean {
    return this.#state !== 'dead';
  }

  get passable(): boolean {
    return this.#state === 'open' && !this.#cut.has('in');
  }

  /** The network fails. @param ways which. @default both */
  cut(...ways: readonly Way[]): void {
    for (const way of ways.length === 0 ? (['out', 'in'] as const) : ways) this.#cut.add(way);
  }

  mend(): void {
    this.#cut.clear();
    this.flow();
    this.#broker.pumpAll();
  }

  /** As when the program is killed: what it had on its tongue is lost. */
  die(): void {
    this.#state = 'dead';
    this.#outgoing.length = 0;
    this.#incoming.length = 0;
  }

  async open(): Promise<void> {
    await this.#ask(() => undefined);
  }

  announce(name: string, node: string, beat: string, card: Uint8Array, ttl: number): Promise<void> {
    return this.#ask(() => this.#broker.announce(this, name, node, beat, card, ttl));
  }

  watch(name: string): Promise<readonly Sighting[]> {
    return this.#ask(() => this.#broker.watch(name));
  }

  card(name: string, node: string): Promise<Uint8Array | undefined> {
    return this.#ask(() => this.#broker.card(name, node));
  }

  forget(name: string, node: string): Promise<void> {
    return this.#ask(() => this.#broker.forget(name, node));
  }

  create(channel: string, ttl: number): Promise<void> {
    return this.#ask(() => this.#broker.create(channel, ttl));
  }

  renew(channels: readonly string[], ttl: number): Promise<void> {
    return this.#ask(() => {
      for (const channel of channels) this.#broker.renew(channel, ttl);
    });
  }

  send(channel: string, number: number | undefined, bytes: Uint8Array): Promise<'sent' | 'gone'> {
    return this.#ask(() => this.#broker.send(channel, number, bytes));
  }

  receive(channel: string, hearing: Hearing): Reader {
    let state: 'open' | 'closed' = 'open';
    const heard: Hearing = {
      frame: (number, bytes) => {
        if (state === 'open') hearing.frame(number, bytes);
      },
      gone: () => {
        if (state === 'open') hearing.gone();
      },
    };
    void this.#ask(() => this.#broker.listen(channel, this, heard), 'always');
    hearing.begun?.();
    return {
      deaf: undefined,
      close: () => {
        state = 'closed';
      },
    };
  }

  put(key: string, bytes: Uint8Array, ttl: number): Promise<void> {
    return this.#ask(() => this.#broker.put(key, bytes, ttl));
  }

  take(key: string): Promise<Uint8Array | undefined> {
    return this.#ask(() => this.#broker.take(key));
  }

  cutOff(channel: string): Promise<number | undefined> {
    return this.#ask(() => this.#broker.end(channel));
  }

  async close(): Promise<void> {
    this.die();
    this.#broker.left(this);
  }

  /** Something comes from the broker. */
  arrive(deliver: () => void): void {
    this.#later('in', () => {
      this.#incoming.push(() => this.#turn(deliver));
      this.flow();
    });
  }

  /** Lets through what can get through. */
  flow(): void {
    while (this.#state === 'open' && this.#broker.state === 'up') {
      const next = this.#next(this.#outgoing, 'out') ?? this.#next(this.#incoming, 'in');
      if (next === undefined) return;
      next();
    }
  }

  #next(queue: (() => void)[], way: Way): (() => void) | undefined {
    return this.#cut.has(way) ? undefined : queue.shift();
  }

  /** @param when `granted`: a broker that refuses everything refuses this as well */
  #ask<T>(request: () => T, when: 'granted' | 'always' = 'granted'): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#state === 'dead') return; // No answer will ever come.
      this.#later('out', () => {
        this.#outgoing.push(() => {
          const refusal = when === 'granted' ? this.#broker.refusal : undefined;
          const answer = refusal === undefined ? request() : undefined;
          this.arrive(() => {
            this.trouble = refusal;
            if (refusal === undefined) resolve(answer as T);
            else reject(refusal);
          });
        });
        this.flow();
      });
    });
  }

  /** A moment later, and in the same order. */
  #later(way: Way, fn: () => void): void {
    const latency = this.#broker.latency();
    if (latency === 0) {
      void soon(fn);
      return;
    }
    const now = this.#clock.now();
    this.#due[way] = Math.max(this.#due[way], now + latency);
    this.#clock.setTimeout(fn, this.#due[way] - now);
  }
}

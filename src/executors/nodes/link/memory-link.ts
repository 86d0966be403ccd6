import type { Clock } from '../../../core/clock.ts';
import { soon } from '../../../core/soon.ts';
import type { Hearing, Link, Reader, Sighting } from './link.ts';
import type { MemoryBroker, Party } from './memory-broker.ts';

/** One program's connection with the broker in memory. */
export class MemoryLink implements Link, Party {
  readonly trouble = undefined;
  readonly #broker: MemoryBroker;
  readonly #clock: Clock;
  /** `cut`: nothing gets through, and it comes later. `dead`: the program is gone, and the broker knows it. */
  #state: 'open' | 'cut' | 'dead' = 'open';
  readonly #outgoing: (() => void)[] = [];
  readonly #incoming: (() => void)[] = [];

  constructor(broker: MemoryBroker, clock: Clock) {
    this.#broker = broker;
    this.#clock = clock;
    broker.joins(this);
  }

  get connected(): boolean {
    return this.#state !== 'dead';
  }

  get passable(): boolean {
    return this.#state === 'open';
  }

  cut(): void {
    if (this.#state === 'open') this.#state = 'cut';
  }

  mend(): void {
    if (this.#state !== 'cut') return;
    this.#state = 'open';
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

  announce(name: string, node: string, beat: string, card: Uint8Array): Promise<void> {
    return this.#ask(() => this.#broker.announce(this, name, node, beat, card));
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
    void this.#ask(() => this.#broker.listen(channel, this, heard));
    return {
      close: () => {
        state = 'closed';
      },
    };
  }

  put(key: string, bytes: Uint8Array): Promise<void> {
    return this.#ask(() => this.#broker.put(key, bytes));
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
    this.#later(() => {
      this.#incoming.push(deliver);
      this.flow();
    });
  }

  /** Lets through what can get through. */
  flow(): void {
    while (this.#state === 'open' && this.#broker.state === 'up') {
      const next = this.#outgoing.shift() ?? this.#incoming.shift();
      if (next === undefined) return;
      next();
    }
  }

  #ask<T>(request: () => T): Promise<T> {
    return new Promise((resolve) => {
      if (this.#state === 'dead') return; // Nobody will ever answer.
      this.#later(() => {
        this.#outgoing.push(() => {
          const answer = request();
          this.arrive(() => resolve(answer));
        });
        this.flow();
      });
    });
  }

  /** A moment later, and in the same order. */
  #later(fn: () => void): void {
    const latency = this.#broker.latency();
    if (latency === 0) void soon(fn);
    else this.#clock.setTimeout(fn, latency);
  }
}

import type { Clock, Timer } from '../../../core/clock.ts';
import type { Hearing, Sighting } from './link.ts';

/** A program that has a connection with the broker. */
export interface Party {
  readonly connected: boolean;
  /** What is sent gets through now. */
  readonly passable: boolean;
  /** Something comes from the broker. */
  arrive(deliver: () => void): void;
  /** Lets through what can get through. */
  flow(): void;
}

interface Channel {
  readonly frames: { readonly number: number; readonly bytes: Uint8Array }[];
  /** Number of the last frame that was sent, and of the last that the reader was given. */
  top: number;
  delivered: number;
  hearer: { readonly link: Party; readonly hearing: Hearing } | undefined;
  expiry: Timer | undefined;
}

interface Entry {
  readonly beat: string;
  /** It expires when its node has been silent for long enough, … */
  card: Uint8Array | undefined;
  readonly expiry: Timer;
  readonly link: Party;
}

/** … and the nodes of one name expire together, when all of them have been. */
interface Roll {
  readonly nodes: Map<string, Entry>;
  expiry: Timer | undefined;
}

/** A broker in memory: the twin of the real one for tests and simulations, with everything that can go wrong with it at the tester's hand. */
export class MemoryBroker {
  readonly #clock: Clock;
  readonly #channels = new Map<string, Channel>();
  readonly #names = new Map<string, Roll>();
  readonly #kept = new Map<string, { readonly bytes: Uint8Array; readonly expiry: Timer }>();
  readonly #links = new Set<Party>();
  /** Milliseconds that a message takes to the broker, and again from it; 0: none that could be measured. */
  readonly latency: () => number;
  state: 'up' | 'frozen' = 'up';
  /** What it answers to everything, as when it is full, or a replica; `undefined`: it does what it is asked. */
  refusal: Error | undefined;

  constructor(clock: Clock, latency: () => number = () => 0) {
    this.#clock = clock;
    this.latency = latency;
  }

  joins(link: Party): void {
    this.#links.add(link);
  }

  /** It gives no answer until it is thawed, and forgets nothing. */
  freeze(): void {
    this.state = 'frozen';
  }

  thaw(): void {
    this.state = 'up';
    for (const link of this.#links) link.flow();
    for (const channel of this.#channels.keys()) this.pump(channel);
  }

  /** It was killed, and has come back without what it held. */
  wipe(): void {
    for (const channel of [...this.#channels.keys()]) this.end(channel);
    for (const name of [...this.#names.keys()]) this.#strike(name);
    for (const key of [...this.#kept.keys()]) this.take(key);
  }

  /** Frames above this number are lost, as when a copy takes over that had not got them. */
  lose(channel: string, above: number): void {
    const found = this.#channels.get(channel);
    if (found === undefined) return;
    found.top = Math.min(found.top, above);
    const kept = found.frames.filter(({ number }) => number <= above);
    found.frames.splice(0, found.frames.length, ...kept);
  }

  get channels(): readonly string[] {
    return [...this.#channels.keys()];
  }

  /** All that is kept, of whatever kind. */
  get size(): number {
    return this.#channels.size + this.#kept.size + this.#names.size;
  }

  announce(link: Party, name: string, node: string, beat: string, card: Uint8Array, ttl: number): void {
    const roll: Roll = this.#names.get(name) ?? { nodes: new Map(), expiry: undefined };
    this.#names.set(name, roll);
    this.#clock.clearTimeout(roll.nodes.get(node)?.expiry);
    const expire = (): void => {
      entry.card = undefined;
    };
    const entry: Entry = { beat, card, link, expiry: this.#clock.setTimeout(expire, ttl) };
    roll.nodes.set(node, entry);
    this.#clock.clearTimeout(roll.expiry);
    roll.expiry = this.#clock.setTimeout(() => this.#strike(name), ttl);
  }

  watch(name: string): readonly Sighting[] {
    return [...(this.#names.get(name)?.nodes ?? [])].map(([node, { beat, link }]) => ({ node, beat, connected: link.connected }));
  }

  card(name: string, node: string): Uint8Array | undefined {
    return this.#names.get(name)?.nodes.get(node)?.card;
  }

  forget(name: string, node: string): void {
    const nodes = this.#names.get(name)?.nodes;
    this.#clock.clearTimeout(nodes?.get(node)?.expiry);
    nodes?.delete(node);
    if (nodes?.size === 0) this.#strike(name);
  }

  #strike(name: string): void {
    const roll = this.#names.get(name);
    this.#clock.clearTimeout(roll?.expiry);
    for (const { expiry } of roll?.nodes.values() ?? []) this.#clock.clearTimeout(expiry);
    this.#names.delete(name);
  }

  create(name: string, ttl: number): void {
    this.#channels.set(name, { frames: [], top: 0, delivered: 0, hearer: undefined, expiry: undefined });
    this.renew(name, ttl);
  }

  renew(name: string, ttl: number): void {
    const channel = this.#channels.get(name);
    if (channel === undefined) return;
    this.#clock.clearTimeout(channel.expiry);
    channel.expiry = this.#clock.setTimeout(() => this.end(name), ttl);
  }

  send(name: string, number: number | undefined, bytes: Uint8Array): 'sent' | 'gone' {
    const channel = this.#channels.get(name);
    if (channel === undefined) return 'gone';
    const actual = number ?? channel.top + 1;
    if (actual <= channel.top) return 'sent'; // It is there already.
    channel.top = actual;
    channel.frames.push({ number: actual, bytes }); // Each frame has bytes of its own.
    this.pump(name);
    return 'sent';
  }

  listen(name: string, link: Party, hearing: Hearing): void {
    const channel = this.#channels.get(name);
    if (channel === undefined) {
      link.arrive(() => hearing.gone());
      return;
    }
    channel.hearer = { link, hearing };
    this.pump(name);
  }

  /** Gives the reader what there is. */
  pump(name: string): void {
    const channel = this.#channels.get(name);
    const hearer = channel?.hearer;
    if (channel === undefined || hearer === undefined || this.state !== 'up' || !hearer.link.passable) return;
    for (const { number, bytes } of channel.frames.splice(0)) {
      channel.delivered = Math.max(channel.delivered, number);
      hearer.link.arrive(() => hearer.hearing.frame(number, bytes));
    }
  }

  pumpAll(): void {
    for (const name of this.#channels.keys()) this.pump(name);
  }

  end(name: string): number | undefined {
    const channel = this.#channels.get(name);
    if (channel === undefined) return undefined;
    this.#channels.delete(name);
    this.#clock.clearTimeout(channel.expiry);
    channel.hearer?.link.arrive(() => channel.hearer?.hearing.gone());
    return channel.delivered;
  }

  put(key: string, bytes: Uint8Array, ttl: number): void {
    this.take(key);
    this.#kept.set(key, { bytes: bytes.slice(), expiry: this.#clock.setTimeout(() => this.take(key), ttl) });
  }

  take(key: string): Uint8Array | undefined {
    const kept = this.#kept.get(key);
    this.#clock.clearTimeout(kept?.expiry);
    this.#kept.delete(key);
    return kept?.bytes;
  }

  left(link: Party): void {
    this.#links.delete(link);
  }
}

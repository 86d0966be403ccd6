import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { isLasting } from '../../../core/broker/broker-error.ts';
import type { Timer } from '../../../core/clock.ts';
import { Latch } from '../../../core/latch.ts';
import { toBytes } from '../../../core/wire/bytes.ts';
import { demandsOf } from '../handshake.ts';
import type { Reader } from '../link/link.ts';
import { type Card, doorOf } from '../protocol.ts';
import { type AgentOptions, admitted, knockOf, unreached } from './admission.ts';
import { atMost } from './at-most.ts';
import { Guest } from './guest.ts';
import { Served } from './served.ts';

/** What an agent tells of itself. */
export interface AgentEvents {
  /** It serves a pool, or serves it no more. */
  session(id: string, state: 'open' | 'ended' | 'refused', why: string): void;
  broker(state: 'lost' | 'back', error: unknown): void;
  /** It has ended of itself. */
  failed(error: unknown): void;
}

/** Milliseconds that what a node announces lives without being renewed. */
const TTL = 30_000;

type State = 'open' | 'draining' | 'stopped';

/**
 * A node: announces itself, and lends its threads to pools that ask for them. It runs no user code on its own main thread, so that its beats tell how
 * the machine is, and not how long a task takes.
 */
export class Agent {
  readonly id: string;
  readonly #options: AgentOptions;
  readonly #events: AgentEvents;
  readonly #guests = new Set<Guest>();
  /** Sessions that it has, or has had. */
  readonly #served = new Served();
  readonly #empty = new Latch();
  #door: Reader | undefined;
  #beats = 0;
  #timer: Timer | undefined;
  /** Runs while it leaves and the broker is away. */
  #absence: Timer | undefined;
  #state: State = 'open';
  #answeredAt: number;
  #heardFor = 0;
  #broker: 'up' | 'lost' = 'up';
  #awaitsDoor = false;

  constructor(options: AgentOptions, events: AgentEvents) {
    this.#options = options;
    this.#events = events;
    this.id = `${hostname().replace(/[^\w.-]/g, '-')}-${process.pid}-${randomBytes(3).toString('hex')}`;
    this.#answeredAt = options.clock.now();
  }

  /** Resolves when it can be found. @throws {BrokerError} @throws {InvalidOptionError} if the task module cannot be read */
  async start(): Promise<void> {
    const { link, clock, brokerTimeout } = this.#options;
    this.#card(); // Its module can be read.
    let timer: Timer | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = clock.setTimeout(() => reject(link.trouble ?? unreached(brokerTimeout)), brokerTimeout);
      timer.ref();
    });
    try {
      await Promise.race([this.#opened(), late]);
    } catch (error) {
      await link.close();
      throw error;
    } finally {
      clock.clearTimeout(timer);
    }
    this.#plan();
  }

  /** Threads that work for pools. */
  get used(): number {
    return [...this.#guests].reduce((sum, { threads }) => sum + threads, 0);
  }

  get sessions(): number {
    return this.#guests.size;
  }

  get state(): State {
    return this.#state;
  }

  /** Takes no more work, and ends when what it has is done. */
  async drain(): Promise<void> {
    if (this.#state !== 'open') return;
    this.#state = 'draining';
    await atMost(this.#options.clock, 1_000, this.#announce()); // A broker that is away keeps no node from leaving.
    for (const guest of this.#guests) guest.leaving();
    this.#left();
    this.#heedAbsence();
    await this.#empty.promise;
    await this.stop();
  }

  /** Ends now. */
  async stop(): Promise<void> {
    if (this.#state === 'stopped') return;
    this.#state = 'stopped';
    const { clock, link, name } = this.#options;
    for (const timer of [this.#timer, this.#absence]) clock.clearTimeout(timer);
    this.#door?.close();
    const said = Promise.all([...this.#guests].map((guest) => guest.bye()));
    const all = said.then(() => link.forget(name, this.id)).then(() => link.cutOff(doorOf(name, this.id)));
    await atMost(clock, 2_000, all);
    this.#empty.open();
    await link.close();
  }

  #card(): Card {
    const { filename, threads, isolation, version, domain, beat } = this.#options;
    return {
      ...demandsOf(filename, version),
      host: hostname(),
      pid: process.pid,
      domain: domain ?? this.id,
      threads,
      isolation,
      beat,
      open: this.#state === 'open',
      used: this.used,
      sessions: this.sessions,
    };
  }

  async #opened(): Promise<void> {
    await this.#options.link.open();
    await this.#openDoor();
    await this.#announce();
  }

  async #openDoor(): Promise<void> {
    const { link, name } = this.#options;
    const door = doorOf(name, this.id);
    await link.create(door, TTL);
    this.#door = link.receive(
      door,
      {
        frame: (_, bytes) => this.#knocked(bytes),
        gone: () => {
          this.#awaitsDoor = true; // The broker has lost what it held: a new one, as soon as it answers.
        },
      },
      false,
    );
  }

  async #announce(): Promise<void> {
    const { link, name } = this.#options;
    await link.announce(name, this.id, String(++this.#beats), toBytes(this.#card()), TTL);
    await link.renew([doorOf(name, this.id)], TTL);
    if (!this.#awaitsDoor) return;
    this.#awaitsDoor = false;
    await this.#openDoor();
  }

  #plan(): void {
    if (this.#state === 'stopped') return;
    this.#timer = this.#options.clock.setTimeout(() => void this.#beat(), this.#options.beat, 'turning');
    this.#timer.ref();
  }

  /** One at a time: a broker that does not answer is not told more. */
  async #beat(): Promise<void> {
    const { clock, beat, link } = this.#options;
    const doubt = clock.setTimeout(() => this.#brokerIs('lost', link.trouble), Math.max(1_000, 4 * beat));
    doubt.ref(); // It may be all that a node waits for which is drained.
    try {
      await this.#announce();
      if (isLasting(link.trouble)) throw link.trouble; // It is taken, and what a pool needs is not.
      const deaf = [this.#door, ...this.#guests].find((one) => one?.deaf !== undefined)?.deaf;
      this.#brokerIs(deaf === undefined ? 'up' : 'lost', deaf);
      const now = clock.now();
      this.#heardFor += Math.min(now - this.#answeredAt, 2 * beat);
      this.#answeredAt = now;
      for (const guest of this.#guests) guest.beat();
    } catch (error) {
      if (isLasting(error)) {
        this.#events.failed(error);
        await this.stop();
      } else this.#brokerIs('lost', error);
    }
    clock.clearTimeout(doubt);
    this.#plan();
  }

  #brokerIs(state: 'up' | 'lost', error: unknown): void {
    if (this.#broker === state || this.#state === 'stopped') return;
    this.#broker = state;
    this.#events.broker(state === 'up' ? 'back' : 'lost', error);
    this.#heedAbsence();
  }

  /** A node that leaves waits for its pools, and not forever for a broker through which they could tell it that they are done. */
  #heedAbsence(): void {
    const { clock, brokerTimeout } = this.#options;
    clock.clearTimeout(this.#absence);
    if (this.#state !== 'draining' || this.#broker === 'up') return;
    this.#absence = clock.setTimeout(() => this.#empty.open(), brokerTimeout);
    this.#absence.ref();
  }

  #knocked(bytes: Uint8Array): void {
    const knock = knockOf(bytes);
    if (knock === undefined || this.#state === 'stopped' || this.#served.has(knock.session)) return;
    const { link, clock, threads } = this.#options;
    const { executor, refusal } = admitted(knock, this.#options, this.#state === 'open');
    const guest = new Guest(knock, {
      link,
      clock,
      executor,
      heardFor: () => this.#heardFor,
      changed: () => this.#changed(guest),
      ended: (_, why) => this.#ended(guest, why),
    });
    if (refusal !== undefined) {
      this.#events.session(guest.id, 'refused', `${refusal.what}: the pool has ${refusal.pool}, this node has ${refusal.node}`);
      void guest.refuse(refusal);
      return;
    }
    this.#served.add(knock.session);
    guest.welcome(threads, () => this.used - guest.threads);
    this.#guests.add(guest);
    this.#events.session(guest.id, 'open', '');
  }

  /** Its threads have become more or fewer: tells the other pools. */
  #changed(guest: Guest): void {
    for (const other of this.#guests) if (other !== guest) other.others(this.used - other.threads);
    this.#left();
  }

  #ended(guest: Guest, why: string): void {
    if (!this.#guests.delete(guest)) return;
    this.#events.session(guest.id, 'ended', why);
    this.#changed(guest);
  }

  #left(): void {
    if (this.#state === 'draining' && this.used === 0) this.#empty.open();
  }
}

import type { Clock, Timer } from '../../core/clock.ts';
import { toBytes } from '../../core/wire/bytes.ts';
import type { Domain } from '../executor.ts';
import { Inbox } from './inbox.ts';
import type { Link } from './link/link.ts';
import type { Home, NodeThread } from './node-thread.ts';
import { Outbox } from './outbox.ts';
import { type Card, doorOf, downOf, type FromNode, type Knock, keyOf, type Refusal, type ToNode, upOf } from './protocol.ts';
import { isFromNode } from './protocol-check.ts';

export interface SessionHost {
  readonly link: Link;
  readonly clock: Clock;
  readonly name: string;
  /** Milliseconds that what is kept at the broker lives without being renewed. */
  readonly ttl: number;
  readonly reachable: boolean;
  knock(session: string): Knock;
  /** The node offers more threads than before, or fewer. */
  room(): void;
  welcomed(session: Session): void;
  refused(session: Session, refusal: Refusal): void;
  leaving(session: Session): void;
  bye(session: Session): void;
  /** @param why an error if the broker has refused something */
  broken(session: Session, why: string | Error): void;
  convicted(session: Session): void;
  /** A frame came for a session that is over. */
  late(): void;
  sent(bytes: number): void;
  received(bytes: number): void;
}

/** Milliseconds in which a node must have answered a knock, and after which it is asked again: what a dead connection was given is lost. */
const ANSWER = 10_000;
const AGAIN = 1_000;

/**
 * - `knocking`: the node has not answered yet
 * - `open`: takes threads
 * - `leaving`: keeps those it has, and takes no new ones
 * - `over`: fenced; what still comes is late
 */
type State = 'knocking' | 'open' | 'leaving' | 'over';

/** What a pool and one of its nodes have with each other, from the knock to the fence. */
export class Session implements Home {
  readonly id: string = process.getBuiltinModule('node:crypto').randomUUID();
  readonly node: string;
  readonly card: Card;
  readonly domain: Domain;
  readonly outbox: Outbox<ToNode>;
  readonly threads = new Map<number, NodeThread>();
  readonly #host: SessionHost;
  #inbox: Inbox | undefined;
  #state: State = 'knocking';
  #timer: Timer | undefined;
  /** Threads that the node offers, and those of them that serve other pools. */
  #offer: { readonly threads: number; readonly others: number } = { threads: 0, others: 0 };
  /** Frames that the node is known to have been given. */
  #acknowledged = 0;

  constructor(node: string, card: Card, domain: Domain, host: SessionHost) {
    this.node = node;
    this.card = card;
    this.domain = domain;
    this.#host = host;
    this.outbox = new Outbox({
      ...pick(host),
      session: this.id,
      channel: downOf(this.id),
      key: (number) => keyOf(this.id, number, 'down'),
      ack: () => this.#inbox?.received ?? 0,
      marks: () => [],
      gone: () => this.#broken('its channel is gone from the broker'),
      sent: (bytes) => host.sent(bytes),
    });
  }

  get state(): State {
    return this.#state;
  }

  get reachable(): boolean {
    return this.#host.reachable;
  }

  /** Threads that may be started here. */
  get room(): number {
    return this.#state === 'open' ? this.offered - this.threads.size : 0;
  }

  get offered(): number {
    return this.#state === 'open' ? this.#offer.threads - this.#offer.others : 0;
  }

  get channels(): readonly string[] {
    return [downOf(this.id), upOf(this.id)];
  }

  async open(): Promise<void> {
    const { link, clock, ttl } = this.#host;
    try {
      for (const channel of this.channels) await link.create(channel, ttl);
      if (this.#state !== 'knocking') return;
      this.#inbox = this.#listen();
      await this.#knock(clock.now() + ANSWER);
    } catch (error) {
      this.#broken(error as Error);
    }
  }

  async #knock(until: number): Promise<void> {
    const { link, clock, name, knock } = this.#host;
    const became = await link.send(doorOf(name, this.node), undefined, toBytes(knock(this.id)));
    if (became === 'gone') this.#broken('its door is gone from the broker');
    if (this.#state !== 'knocking') return;
    this.#timer = clock.setTimeout(() => {
      if (this.#state !== 'knocking') return;
      if (clock.now() >= until && this.reachable) this.#broken(this.#inbox?.deaf?.message ?? 'it did not answer');
      else this.#knock(until).catch((error) => this.#broken(error as Error));
    }, AGAIN);
  }

  take(thread: NodeThread): void {
    this.threads.set(thread.number, thread);
    thread.place(this);
  }

  convicted(): void {
    this.#host.convicted(this);
  }

  /** The broker has answered. */
  look(): void {
    if (!this.reachable || this.#state === 'knocking' || this.#inbox?.deaf === undefined) this.outbox.beat();
    else this.#broken(`it cannot be heard. ${this.#inbox.deaf.message}`);
  }

  /** It takes no more threads, and those it has end after their current task. */
  retire(): void {
    if (this.#state === 'over') return;
    this.#state = 'leaving';
    this.#host.room();
    for (const thread of [...this.threads.values()]) thread.leaving();
  }

  /** In order: the node ends what it has. */
  async end(): Promise<void> {
    if (this.#state === 'over') return;
    this.outbox.post({ do: 'end' });
    await this.outbox.flushed();
    this.fence();
  }

  /** From now on all its messages are ignored. */
  fence(): void {
    this.#state = 'over';
    this.#host.clock.clearTimeout(this.#timer);
    this.outbox.close();
    this.#inbox?.close();
    for (const thread of this.threads.values()) thread.lost();
  }

  /**
   * The fence at the broker: the node is given nothing any more. Resolves with the last frame that it was given; all, if that is not known, or not
   * within `ms`.
   */
  cutOff(ms: number): Promise<number> {
    const { link, clock } = this.#host;
    return new Promise((resolve) => {
      const unknown = (): void => resolve(Number.POSITIVE_INFINITY);
      const timer = clock.setTimeout(unknown, ms);
      link
        .cutOff(downOf(this.id))
        .then((given) => (given === undefined ? unknown() : resolve(Math.max(given, this.#acknowledged))), unknown)
        .finally(() => clock.clearTimeout(timer));
      void link.cutOff(upOf(this.id)).catch(() => {});
    });
  }

  #broken(why: string | Error): void {
    if (this.#state !== 'over') this.#host.broken(this, why);
  }

  #listen(): Inbox {
    return new Inbox({
      ...pick(this.#host),
      session: this.id,
      channel: upOf(this.id),
      opened: (ack, marks, bytes) => {
        this.#host.received(bytes);
        this.#acknowledged = ack;
        this.outbox.acknowledged(ack);
        for (const one of marks) this.threads.get(one[0]!)?.marked(one, ack);
      },
      message: (message, body) => {
        if (this.#state === 'over') this.#host.late();
        else if (isFromNode(message)) this.#receive(message, body);
        else this.#broken('it sent something that is not a message');
      },
      broken: (why) => this.#broken(why),
      gone: () => this.#broken('its channel is gone from the broker'),
    });
  }

  #receive(message: FromNode, body: Uint8Array | undefined): void {
    switch (message.tell) {
      case 'welcome':
        if (this.#state !== 'knocking') return;
        this.#state = 'open';
        this.#host.clock.clearTimeout(this.#timer);
        this.#offer = message;
        this.#host.welcomed(this);
        break;
      case 'refused':
        if (this.#state === 'knocking') this.#host.refused(this, message.refusal);
        break;
      case 'others':
        this.#offer = { ...this.#offer, others: message.others };
        this.#host.room();
        break;
      case 'leaving':
        if (this.#state === 'open') this.#host.leaving(this);
        break;
      case 'bye':
        this.#host.bye(this);
        break;
      default:
        this.#toThread(message, body);
    }
  }

  #toThread(message: Extract<FromNode, { thread: number }>, body: Uint8Array | undefined): void {
    const thread = this.threads.get(message.thread);
    if (thread === undefined) {
      this.#host.late();
      return;
    }
    if (message.tell === 'exited') this.threads.delete(message.thread); // Before its death is reported: its successor wants the place.
    try {
      thread.receive(message, body);
    } catch (error) {
      this.#broken(`a message of it cannot be dealt with: ${(error as Error).message}`); // Half of what it says may have been done.
    }
    if (message.tell === 'exited') this.#host.room();
  }
}

const pick = ({ link, clock, ttl }: SessionHost): Pick<SessionHost, 'link' | 'clock' | 'ttl'> => ({ link, clock, ttl });

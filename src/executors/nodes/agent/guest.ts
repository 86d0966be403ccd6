import type { Clock, Timer } from '../../../core/clock.ts';
import { encodeForSure } from '../../../core/wire/codec.ts';
import { Inbox } from '../inbox.ts';
import type { Link } from '../link/link.ts';
import { Outbox } from '../outbox.ts';
import { downOf, type FromNode, type Knock, keyOf, type Marks, type Refusal, type ToNode, upOf } from '../protocol.ts';
import { isToNode } from '../protocol-check.ts';
import { atMost } from './at-most.ts';
import { HostedThread } from './hosted-thread.ts';
import type { LocalExecutor } from './local.ts';

/** Milliseconds between two looks at what busy threads are doing. */
const LOOK = 25;
/** Milliseconds that what is kept at the broker lives. */
const TTL = 60_000;
/** Milliseconds in which it must be possible to hear the pool for the first time, while the broker answers. The pool gives up before. */
const UNWELCOMED = 15_000;

/** Milliseconds in which a pool must have been told that its node goes: a broker that is away keeps no thread alive. */
const TOLD = 1_000;

export interface GuestHost {
  readonly link: Link;
  readonly clock: Clock;
  readonly executor: LocalExecutor;
  /** Milliseconds since the agent began in which a message of the manager could have arrived: they stand still while the broker does not answer. */
  heardFor(): number;
  /** A thread was started, or has ended. */
  changed(): void;
  ended(guest: Guest, why: string): void;
}

/** A pool that this node serves. */
export class Guest {
  readonly id: string;
  readonly #knock: Knock;
  readonly #host: GuestHost;
  readonly #inbox: Inbox;
  readonly #outbox: Outbox<FromNode>;
  readonly #threads = new Map<number, HostedThread>();
  /** Their marks go with the next frame. */
  readonly #touched = new Set<HostedThread>();
  #lastHeard: number;
  /** Waits until the pool can be heard. */
  #welcome: (() => void) | undefined;
  #hears = false;
  #timer: Timer | undefined;
  #state: 'open' | 'over' = 'open';
  #closed: Promise<void> | undefined;

  constructor(knock: Knock, host: GuestHost) {
    const { link, clock } = host;
    this.id = knock.session;
    this.#knock = knock;
    this.#host = host;
    this.#lastHeard = host.heardFor();
    this.#outbox = new Outbox({
      link,
      clock,
      session: this.id,
      channel: upOf(this.id),
      ttl: TTL,
      key: (number) => keyOf(this.id, number, 'up'),
      ack: () => this.#inbox.received,
      marks: () => this.#marks(),
      gone: () => this.#end('its channel is gone from the broker'),
      sent: () => {},
    });
    this.#inbox = new Inbox({
      link,
      clock,
      session: this.id,
      channel: downOf(this.id),
      begun: () => {
        this.#hears = true;
        this.#welcome?.();
      },
      arrived: () => {
        this.#lastHeard = host.heardFor();
      },
      opened: (ack) => this.#outbox.acknowledged(ack),
      message: (message, body) => {
        if (isToNode(message)) this.#heed(message, body);
        else this.#end('it sent something that is not a message');
      },
      broken: (why) => this.#end(why),
      gone: () => this.#end('its channel is gone from the broker'),
    });
  }

  get threads(): number {
    return this.#threads.size;
  }

  /** Why the pool cannot be heard, if it cannot. */
  get deaf(): Error | undefined {
    return this.#inbox.deaf;
  }

  welcome(threads: number, others: () => number): void {
    this.#welcome = () => this.#outbox.post({ tell: 'welcome', threads, others: others() });
    if (this.#hears) this.#welcome();
  }

  /** Says why not, and goes. */
  async refuse(refusal: Refusal): Promise<void> {
    this.#outbox.post({ tell: 'refused', refusal });
    await this.#outbox.flushed();
    this.#end('it was refused', 'manager');
  }

  others(others: number): void {
    this.#outbox.post({ tell: 'others', others });
  }

  leaving(): void {
    this.#outbox.post({ tell: 'leaving' });
  }

  /** The node goes. Resolves when all is said, or cannot be, and every thread has ended. */
  async bye(): Promise<void> {
    this.#outbox.post({ tell: 'bye' });
    await atMost(this.#host.clock, TOLD, this.#outbox.flushed());
    this.#end('the node has left', 'manager');
    await this.#closed;
  }

  /** The broker has answered: was the manager heard of meanwhile? */
  beat(): void {
    if (this.#state === 'over') return;
    const { silence } = this.#knock;
    const silent = this.#host.heardFor() - this.#lastHeard;
    if (this.#hears && this.deaf !== undefined) this.#end(`its manager cannot be heard: ${this.deaf.message}`);
    else if (silent > (this.#hears ? silence : Math.max(silence, UNWELCOMED))) this.#end('its manager was silent');
    else this.#outbox.beat();
  }

  #heed(message: ToNode, body: Uint8Array | undefined): void {
    if (this.#state === 'over') return;
    if (message.do === 'end') {
      this.#end('it has ended');
      return;
    }
    if (message.do === 'start') this.#start(message.thread);
    else this.#threads.get(message.thread)?.heed(message, body);
    if (message.do === 'run') this.#timer ??= this.#host.clock.setTimeout(() => this.#look(), LOOK);
  }

  #start(number: number): void {
    try {
      const thread = new HostedThread(number, {
        clock: this.#host.clock,
        executor: this.#host.executor,
        maxPayload: this.#knock.maxPayload,
        tell: (teller, message, body) => {
          if (this.#state === 'over') return;
          this.#touched.add(teller);
          this.#outbox.post(message, body);
        },
        exited: () => {
          this.#threads.delete(number);
          this.#host.changed();
        },
      });
      this.#threads.set(number, thread);
      this.#host.changed();
    } catch (error) {
      const exit = { cause: 'startup', exitCode: undefined, error: encodeForSure(error), blame: { of: 'running' } } as const;
      this.#outbox.post({ tell: 'exited', thread: number, exit });
    }
  }

  #marks(): readonly Marks[] {
    const marks = Array.from(this.#touched, (thread) => thread.marks());
    this.#touched.clear();
    return marks;
  }

  /** Sends how far busy threads are, even if they report nothing. */
  #look(): void {
    if (this.#state === 'over') return;
    for (const thread of this.#threads.values()) {
      thread.look();
      if (thread.hasMoved) this.#touched.add(thread);
    }
    if (this.#touched.size > 0) this.#outbox.beat();
    const busy = [...this.#threads.values()].some((thread) => thread.busy);
    this.#timer = busy ? this.#host.clock.setTimeout(() => this.#look(), LOOK) : undefined;
  }

  /** @param clears who deletes the channels: the manager may still have to read what was said last */
  #end(why: string, clears: 'node' | 'manager' = 'node'): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    const { clock, link, executor } = this.#host;
    clock.clearTimeout(this.#timer);
    this.#inbox.close();
    this.#outbox.close();
    for (const thread of this.#threads.values()) thread.terminate();
    this.#threads.clear();
    if (clears === 'node') for (const channel of [downOf(this.id), upOf(this.id)]) void link.cutOff(channel).catch(() => {});
    this.#closed = executor.close();
    this.#host.ended(this, why);
  }
}

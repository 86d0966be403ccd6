import type { Clock, Timer } from '../../core/clock.ts';
import { soon } from '../../core/soon.ts';
import { toBytes } from '../../core/wire/bytes.ts';
import type { Link } from './link/link.ts';
import type { Marks, Parcel } from './protocol.ts';

/** A frame is closed when it has this many bytes; what alone is larger than this is kept beside the channel. */
const FRAME = 1_048_576;
/** Bytes that may be on their way to the other side; what comes beyond that waits here, where it is anyway. */
const IN_FLIGHT = 32 * FRAME;
/** Milliseconds before something that the broker refused is tried again. */
const AGAIN = 100;

/** A message that waits, or has gone. */
export interface Posted<M> {
  readonly message: M;
  readonly body: Uint8Array | undefined;
  /** The frame in which it went; `undefined` as long as it waits. */
  frame: number | undefined;
}

export interface OutboxHost {
  readonly link: Link;
  readonly clock: Clock;
  readonly session: string;
  readonly channel: string;
  /** Milliseconds that a large body is kept. */
  readonly ttl: number;
  key(number: number): string;
  /** Frames of the other side that have been dealt with. */
  ack(): number;
  marks(): readonly Marks[];
  /** The channel is not there any more. */
  gone(): void;
  sent(bytes: number): void;
}

/**
 * The sending end of a channel. All that is posted while a frame is on its way to the broker goes in the next one: so frames arrive in order, each is
 * tried until the broker has it, and none is ever sent twice under two numbers.
 */
export class Outbox<M> {
  readonly #host: OutboxHost;
  readonly #waiting: Posted<M>[] = [];
  /** Sent and not acknowledged: the number of each frame, and its bytes. */
  readonly #open: { readonly number: number; readonly bytes: number }[] = [];
  #openBytes = 0;
  #last = 0;
  #state: 'idle' | 'planned' | 'sending' | 'closed' = 'idle';
  #wantsBeat = false;
  #kept = 0;
  /** Where the first that waits is kept, if it is too large for a frame. `putting`: it is on its way there. */
  #aside: { readonly is: 'putting' } | { readonly is: 'there'; readonly key: string } | undefined;
  readonly #timers = new Set<Timer>();
  readonly #whenIdle: (() => void)[] = [];

  constructor(host: OutboxHost) {
    this.#host = host;
  }

  post(message: M, body?: Uint8Array): Posted<M> {
    const posted: Posted<M> = { message, body, frame: undefined };
    this.#waiting.push(posted);
    this.#plan();
    return posted;
  }

  /** Sends a frame, with or without a message in it. */
  beat(): void {
    this.#wantsBeat = true;
    this.#plan();
  }

  /** The other side has dealt with frames up to this one. */
  acknowledged(number: number): void {
    while (this.#open.length > 0 && this.#open[0]!.number <= number) this.#openBytes -= this.#open.shift()!.bytes;
    this.#plan();
  }

  /** Resolves when all that was posted is with the broker, or never will be. */
  flushed(): Promise<void> {
    if (this.#state === 'closed' || (this.#state === 'idle' && !this.#hasWork && this.#aside === undefined)) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  close(): void {
    this.#state = 'closed';
    for (const timer of this.#timers) this.#host.clock.clearTimeout(timer);
    this.#waiting.length = 0;
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  get #hasWork(): boolean {
    return this.#wantsBeat || (this.#waiting.length > 0 && this.#openBytes < IN_FLIGHT && this.#isReady(this.#waiting[0]!));
  }

  /** Whether it can go in a frame. */
  #isReady({ body }: Posted<M>): boolean {
    return body === undefined || body.byteLength <= FRAME || this.#aside?.is === 'there';
  }

  #plan(): void {
    void this.#setAside();
    if (this.#state !== 'idle' || !this.#hasWork) return;
    this.#state = 'planned';
    void soon(() => void this.#send());
  }

  async #send(): Promise<void> {
    if (this.#state !== 'planned') return;
    this.#state = 'sending';
    while (this.#isSending && this.#hasWork) {
      this.#wantsBeat = false;
      const number = ++this.#last;
      const parcels = this.#parcels(number);
      const bytes = toBytes([this.#host.session, number, this.#host.ack(), this.#host.marks(), parcels]);
      this.#open.push({ number, bytes: bytes.byteLength });
      this.#openBytes += bytes.byteLength;
      const became = await this.#until(() => this.#host.link.send(this.#host.channel, number, bytes));
      if (!this.#isSending) return;
      if (became === 'gone') {
        this.close();
        this.#host.gone();
        return;
      }
      this.#host.sent(bytes.byteLength);
    }
    this.#state = 'idle';
    this.#plan();
    if (this.#aside === undefined) for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  /** Puts the first that waits beside the channel, if it is too large for a frame. That may take its time: meanwhile beats go on. */
  async #setAside(): Promise<void> {
    const [first] = this.#waiting;
    if (first?.body === undefined || this.#aside !== undefined || this.#isReady(first) || this.#openBytes >= IN_FLIGHT) return;
    const { link, key: keyOf, ttl } = this.#host;
    const [key, body] = [keyOf(++this.#kept), first.body];
    this.#aside = { is: 'putting' };
    await this.#until(() => link.put(key, body, ttl));
    this.#aside = { is: 'there', key };
    this.#plan();
  }

  get #isSending(): boolean {
    return this.#state === 'sending';
  }

  /** What goes in the next frame. Messages are cloneable by themselves, or were made so. */
  #parcels(number: number): Parcel<M>[] {
    const parcels: Parcel<M>[] = [];
    let bytes = 0;
    while (this.#waiting.length > 0 && bytes < FRAME && this.#openBytes < IN_FLIGHT && this.#isReady(this.#waiting[0]!)) {
      const posted = this.#waiting.shift()!;
      posted.frame = number;
      const { message, body } = posted;
      bytes += 100;
      if (body === undefined) parcels.push([message]);
      else if (body.byteLength <= FRAME) {
        parcels.push([message, body]);
        bytes += body.byteLength;
      } else if (this.#aside?.is === 'there') {
        parcels.push([message, this.#aside.key]);
        this.#aside = undefined;
        this.#openBytes += body.byteLength;
        this.#open.push({ number, bytes: body.byteLength });
      }
    }
    return parcels;
  }

  /** Tries until the broker takes it, or it is not wanted any more: how long that may take is judged elsewhere. */
  async #until<T>(attempt: () => Promise<T>): Promise<T | undefined> {
    while (this.#state !== 'closed') {
      try {
        return await attempt();
      } catch {
        await new Promise<void>((resolve) => {
          const timer = this.#host.clock.setTimeout(() => {
            this.#timers.delete(timer);
            resolve();
          }, AGAIN);
          this.#timers.add(timer);
        });
      }
    }
    return undefined;
  }
}

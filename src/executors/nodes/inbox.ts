import type { Clock } from '../../core/clock.ts';
import { fromBytes } from '../../core/wire/bytes.ts';
import type { Link, Reader } from './link/link.ts';
import type { Marks } from './protocol.ts';
import { isFrame } from './protocol-check.ts';

/** Milliseconds before something that the broker refused is tried again. */
const AGAIN = 100;

export interface InboxHost {
  readonly link: Link;
  readonly clock: Clock;
  readonly session: string;
  readonly channel: string;
  /** The channel is being read. */
  begun?(): void;
  /** A frame has come, and waits its turn. */
  arrived?(): void;
  /** A frame begins: how far the other side has come with ours, and marks. */
  opened(ack: number, marks: readonly Marks[], bytes: number): void;
  /** One of its messages. */
  message(message: unknown, body: Uint8Array | undefined): void;
  /** What came makes no sense, or something is missing: nothing that comes after it can be relied on. */
  broken(why: string): void;
  gone(): void;
}

/** The reading end of a channel: sees that frames come in order, and that none is missing. */
export class Inbox {
  readonly #host: InboxHost;
  readonly #reader: Reader;
  readonly #waiting: (readonly [number: number, bytes: Uint8Array])[] = [];
  #state: 'open' | 'busy' | 'closed' = 'open';
  /** Frames that have been dealt with. */
  received = 0;

  constructor(host: InboxHost) {
    this.#host = host;
    this.#reader = host.link.receive(host.channel, {
      begun: () => host.begun?.(),
      frame: (number, bytes) => {
        host.arrived?.();
        this.#waiting.push([number, bytes]);
        if (this.#state === 'open') void this.#read();
      },
      gone: () => {
        if (this.#state === 'closed') return;
        this.close();
        host.gone();
      },
    });
  }

  get deaf(): Error | undefined {
    return this.#reader.deaf;
  }

  close(): void {
    this.#state = 'closed';
    this.#waiting.length = 0;
    this.#reader.close();
  }

  async #read(): Promise<void> {
    this.#state = 'busy';
    for (let next = this.#waiting.shift(); next !== undefined && this.#isBusy; next = this.#waiting.shift()) {
      const [number, bytes] = next;
      if (number <= this.received) continue; // Sent twice.
      if (number > this.received + 1) {
        this.#broken(`frames are missing: expected number ${this.received + 1}, got ${number}`);
        return;
      }
      const frame = open(bytes);
      if (frame === undefined) {
        this.#broken(`frame ${number} cannot be read`);
        return;
      }
      const [session, own, ack, marks, parcels] = frame;
      if (session !== this.#host.session || own !== number) {
        this.#broken(`frame ${number} is number ${own} of session ${session}`);
        return;
      }
      this.#host.opened(ack, marks, bytes.byteLength);
      for (const [message, body] of parcels) {
        // What lies beside the channel is waited for here, so that nothing overtakes it.
        const fetched = typeof body === 'string' ? await this.#fetch(body) : body;
        if (!this.#isBusy) return;
        this.#host.message(message, fetched);
        if (!this.#isBusy) return;
      }
      this.received = number;
    }
    if (this.#isBusy) this.#state = 'open';
  }

  get #isBusy(): boolean {
    return this.#state === 'busy';
  }

  async #fetch(key: string): Promise<Uint8Array | undefined> {
    for (;;) {
      try {
        const bytes = await this.#host.link.take(key);
        if (bytes === undefined) this.#broken('a large value that was kept at the broker is lost');
        return bytes;
      } catch {
        if (!this.#isBusy) return undefined;
        await new Promise<void>((resolve) => this.#host.clock.setTimeout(resolve, AGAIN));
      }
    }
  }

  #broken(why: string): void {
    if (this.#state === 'closed') return;
    this.close();
    this.#host.broken(why);
  }
}

function open(bytes: Uint8Array): ReturnType<typeof asFrame> {
  try {
    return asFrame(fromBytes(bytes));
  } catch {
    return undefined;
  }
}

function asFrame(value: unknown) {
  return isFrame(value) ? value : undefined;
}

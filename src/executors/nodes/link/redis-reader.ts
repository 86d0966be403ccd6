import timers from 'node:timers';
import type { Redis } from 'ioredis';
import { machineNow } from '../../../core/time/machine.ts';
import { endError } from './broker-errors.ts';
import type { Hearing, Reader } from './link.ts';

/** Milliseconds that a read waits at the broker, and frames that it brings at most. */
const BLOCK = 1_000;
const COUNT = 64;
/** Bytes that it shall bring at most: nothing of a reply is heard before all of it is here, and over a slow line that is silence. */
const BYTES = 1_048_576;
/** Frames between two messages that say what the broker need not keep any more. */
const TRIM = 32;
/** Milliseconds before a read that failed is tried again, and in which one that is cut off must have heard something again. */
const AGAIN = 50;
const DEAF = 3_000;

type Entry = readonly [id: Buffer, fields: readonly Buffer[]];

/** One group and one member: the broker then remembers which frame was given to the reader last, also when the reader can say nothing any more. */
export const GROUP = 'r';

export interface ReaderHost {
  readonly key: string;
  /** A connection of its own, because reads wait. */
  readonly client: Redis;
  /** The connection for what does not wait. */
  readonly commands: Redis;
  readonly numbered: boolean;
  failed(error: unknown): void;
  /** Since when the broker answers at all. */
  since(): number;
  /** The broker, as it may be shown. */
  readonly at: string;
}

/** Reads one stream from its beginning, frame after frame. */
export class RedisReader implements Reader {
  readonly #host: ReaderHost;
  readonly #hearing: Hearing;
  #state: 'open' | 'closed' = 'open';
  #cursor = 0;
  #trimmed = 0;
  #count = COUNT;
  /** Frames that a read may bring: few after one whose reply was too much for the broker to keep. */
  #most = COUNT;
  /** How often the connection has ended, and since when, without anything having come. */
  #ended = 0;
  #endedAt = 0;
  #error: Error | undefined;

  constructor(host: ReaderHost, hearing: Hearing) {
    this.#host = host;
    this.#hearing = hearing;
    host.client.once('ready', () => hearing.begun?.());
    host.client.on('close', () => {
      if (this.#ended++ === 0) this.#endedAt = machineNow();
      this.#most = 1;
    });
    void this.#read();
  }

  get deaf(): Error | undefined {
    const { since, at } = this.#host;
    return this.#ended > 1 && machineNow() - Math.max(this.#endedAt, since()) > DEAF ? endError(this.#error, at) : undefined;
  }

  /** Its connection is broken, or could not be made. */
  broke(error: Error): void {
    this.#error = error;
  }

  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#host.client.disconnect();
  }

  async #read(): Promise<void> {
    const { client, key } = this.#host;
    let doubtful = false;
    while (this.#isOpen) {
      try {
        if (doubtful) await this.#catchUp();
        doubtful = false;
        const reply = await client.xreadgroupBuffer(
          ...(['GROUP', GROUP, GROUP, 'COUNT', Math.min(this.#count, this.#most), 'BLOCK', BLOCK, 'NOACK', 'STREAMS', key, '>'] as const),
        );
        this.#heard();
        const entries = (reply as [Buffer, Entry[]][] | null)?.[0]?.[1] ?? [];
        this.#count = countAfter(entries);
        if (this.#host.numbered && entries.length > 0 && numberOf(entries[0]!) > this.#cursor + 1) await this.#catchUp();
        for (const entry of entries) this.#hear(entry);
      } catch (error) {
        if (!this.#isOpen) return;
        if (isGone(error)) {
          this.close();
          this.#hearing.gone();
          return;
        }
        this.#host.failed(error);
        doubtful = true; // The broker may have given us something that has not arrived.
        await new Promise((resolve) => timers.setTimeout(resolve, AGAIN));
      }
    }
  }

  get #isOpen(): boolean {
    return this.#state === 'open';
  }

  /** Reads again what the broker believes that we have. Nothing is trimmed before it was read, so it is there, or lost for good. */
  async #catchUp(): Promise<void> {
    const { client, key, numbered } = this.#host;
    if (!numbered) return;
    const given = lastDelivered(await client.xinfo('GROUPS', key));
    while (given !== undefined && given > this.#cursor && this.#isOpen) {
      const range = [key, `${this.#cursor + 1}-0`, `${given}-0`, 'COUNT', Math.min(this.#count, this.#most)] as const;
      const entries = (await client.xrangeBuffer(...range)) as unknown as Entry[];
      this.#heard();
      if (entries.length === 0) {
        await client.xinfo('GROUPS', key); // Refused, if the channel is gone.
        return;
      }
      for (const entry of entries) this.#hear(entry);
    }
  }

  #heard(): void {
    this.#ended = 0;
    this.#most = Math.min(COUNT, 2 * this.#most);
  }

  #hear(entry: Entry): void {
    if (!this.#isOpen) return;
    const number = this.#host.numbered ? numberOf(entry) : this.#cursor + 1;
    if (number <= this.#cursor) return;
    this.#cursor = number;
    this.#hearing.frame(number, ownMemory(entry[1][1] ?? Buffer.alloc(0)));
    if (this.#cursor - this.#trimmed < TRIM) return;
    this.#trimmed = this.#cursor;
    if (!this.#host.numbered) return;
    this.#host.commands.xtrim(this.#host.key, 'MINID', `${this.#cursor + 1}-0`).catch((error) => this.#isOpen && this.#host.failed(error));
  }
}

/** Frames are as large as those before them, more or less. */
function countAfter(entries: readonly Entry[]): number {
  const bytes = entries.reduce((sum, [, [, body]]) => sum + (body?.byteLength ?? 0), 0);
  return bytes === 0 ? COUNT : Math.max(1, Math.min(COUNT, Math.floor((BYTES * entries.length) / bytes)));
}

const numberOf = ([id]: Entry): number => Number.parseInt(id.toString('latin1'), 10);

/** Replies are parts of larger buffers, which would live as long as one of them does. */
const ownMemory = (bytes: Buffer): Uint8Array => new Uint8Array(bytes);

function isGone(error: unknown): boolean {
  return /^(NOGROUP|UNBLOCKED|WRONGTYPE)|no such key/i.test((error as Error | undefined)?.message ?? '');
}

/** The frame that the reader of a stream was given last, out of what XINFO GROUPS says; `undefined` if that is not known. */
export function lastDelivered(groups: unknown): number | undefined {
  const first = Array.isArray(groups) ? groups[0] : undefined;
  if (!Array.isArray(first)) return undefined;
  const at = first.indexOf('last-delivered-id');
  return at < 0 ? undefined : Number.parseInt(String(first[at + 1]), 10);
}

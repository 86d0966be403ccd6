import timers from 'node:timers';
import type { Redis } from 'ioredis';
import { BrokerError, isLasting } from '../../../core/broker/broker-error.ts';
import type { BrokerUrl } from '../../../core/broker/broker-url.ts';
import { machineNow } from '../../../core/time/machine.ts';
import { brokerError, endError, unfit } from './broker-errors.ts';
import type { Hearing, Link, Reader, Sighting } from './link.ts';
import { putInPieces, takeInPieces } from './pieces.ts';
import { Presence } from './presence.ts';
import { type ClientEvents, redisClients } from './redis-client.ts';
import { GROUP, lastDelivered, RedisReader } from './redis-reader.ts';

const PREFIX = 'holdfast:';
const beatsOf = (name: string): string => `${PREFIX}{${name}}:beats`;
const askedOf = (name: string): string => `${PREFIX}{${name}}:asked`;
const cardOf = (name: string, node: string): string => `${PREFIX}{${name}}:card:${node}`;

/** Milliseconds that the mark of a question lives. */
const ASKED = 60_000;

/** A link through streams of a Redis. The numbers of frames are the ids of their entries, so that Redis itself refuses what was sent before. */
export class RedisLink implements Link {
  readonly #url: BrokerUrl;
  readonly #readers = new Set<RedisReader>();
  readonly #clients = new Set<Redis>();
  #make: ((events: ClientEvents) => Redis) | undefined;
  #commands: Redis | undefined;
  #state: 'open' | 'closed' = 'open';
  #opened: Promise<void> | undefined;
  /** Number of this program's connection, by which the broker can tell whether it is there. */
  #client: string | undefined;
  readonly #presence = new Presence();
  #lists = true;
  /** When the connection for commands was made last. */
  #since = 0;
  trouble: Error | undefined;

  constructor(url: BrokerUrl) {
    this.#url = url;
  }

  get deaf(): Error | undefined {
    const all = Array.from(this.#readers, ({ deaf }) => deaf);
    return all.every((why) => why !== undefined) ? all[0] : undefined;
  }

  open(): Promise<void> {
    this.#opened ??= this.#open();
    return this.#opened;
  }

  async announce(name: string, node: string, beat: string, card: Uint8Array, ttl: number): Promise<void> {
    const redis = await this.#ready();
    const value = `${beat}:${await this.#number(redis)}`;
    await this.#all(
      redis.pipeline().hset(beatsOf(name), node, value).pexpire(beatsOf(name), ttl).set(cardOf(name, node), Buffer.from(card), 'PX', ttl),
    );
  }

  async watch(name: string): Promise<readonly Sighting[]> {
    const redis = await this.#ready();
    const { asked } = this.#presence;
    // A broker that answers and takes no writes, because it is full or a replica, is deaf to the beats of nodes: then their silence says nothing.
    const pipeline = redis.pipeline().set(askedOf(name), '', 'PX', ASKED).hgetall(beatsOf(name));
    if (asked.length > 0 && this.#lists) pipeline.call('CLIENT', 'LIST', 'ID', ...asked);
    const [written, beats, list] = (await this.#tried(() => pipeline.exec())) ?? [];
    const refused = written?.[0] ?? beats?.[0];
    if (refused) throw this.#failed(refused);
    if (list?.[0]) this.#lists = false; // This broker does not tell: nodes are then missed by their silence.
    return this.#presence.judge((beats?.[1] ?? {}) as Record<string, string>, typeof list?.[1] === 'string' ? list[1] : undefined);
  }

  /** The nodes of a name, without a question to those that hold the broker up: it is only read. */
  async nodes(name: string): Promise<readonly string[]> {
    return this.#do((redis) => redis.hkeys(beatsOf(name)));
  }

  async card(name: string, node: string): Promise<Uint8Array | undefined> {
    const bytes = await this.#do((redis) => redis.getBuffer(cardOf(name, node)));
    return bytes === null ? undefined : new Uint8Array(bytes);
  }

  async forget(name: string, node: string): Promise<void> {
    const redis = await this.#ready();
    await this.#all(redis.pipeline().hdel(beatsOf(name), node).del(cardOf(name, node)));
  }

  async create(channel: string, ttl: number): Promise<void> {
    const redis = await this.#ready();
    const key = PREFIX + channel;
    await this.#all(redis.pipeline().del(key).xgroup('CREATE', key, GROUP, '0', 'MKSTREAM').pexpire(key, ttl));
  }

  async renew(channels: readonly string[], ttl: number): Promise<void> {
    const redis = await this.#ready();
    const pipeline = redis.pipeline();
    for (const channel of channels) pipeline.pexpire(PREFIX + channel, ttl);
    await this.#all(pipeline);
  }

  async send(channel: string, number: number | undefined, bytes: Uint8Array): Promise<'sent' | 'gone'> {
    const id = number === undefined ? '*' : `${number}-0`;
    const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    try {
      const added = await this.#do((redis) => redis.xadd(PREFIX + channel, 'NOMKSTREAM', id, 'f', body));
      return added === null ? 'gone' : 'sent';
    } catch (error) {
      if (/equal or smaller/.test((error as Error).message)) return 'sent'; // It had arrived, and only its answer was lost.
      if (/WRONGTYPE/.test((error as Error).message)) return 'gone'; // Something else lies in its place.
      throw error;
    }
  }

  receive(channel: string, hearing: Hearing, numbered = true): Reader {
    let reader: RedisReader | undefined;
    let state: 'open' | 'closed' = 'open';
    void this.#ready().then(
      (commands) => {
        if (state === 'closed' || this.#state === 'closed') return;
        const client = this.#connect({ error: (error) => reader?.broke(error) });
        const host = { key: PREFIX + channel, client, commands, numbered, at: this.#url.shown, since: () => this.#since };
        reader = new RedisReader({ ...host, failed: (error) => void this.#failed(error) }, hearing);
        this.#readers.add(reader);
      },
      () => {}, // The link is not fit, which `open` says.
    );
    return {
      get deaf() {
        return reader?.deaf;
      },
      close: () => {
        state = 'closed';
        reader?.close();
        if (reader !== undefined) this.#readers.delete(reader);
      },
    };
  }

  async put(key: string, bytes: Uint8Array, ttl: number): Promise<void> {
    await this.#do((redis) => putInPieces(redis, PREFIX + key, bytes, ttl));
  }

  async take(key: string): Promise<Uint8Array | undefined> {
    const bytes = await this.#do((redis) => takeInPieces(redis, PREFIX + key));
    if (bytes !== undefined) this.#commands?.del(PREFIX + key).catch(() => {}); // Afterwards: an answer may have been lost, and is asked for again.
    return bytes;
  }

  async cutOff(channel: string): Promise<number | undefined> {
    const key = PREFIX + channel;
    const results = await this.#do((redis) => redis.multi().xinfo('GROUPS', key).del(key).exec());
    const [groups] = results ?? [];
    return groups === undefined || groups[0] !== null ? undefined : lastDelivered(groups[1]);
  }

  async close(): Promise<void> {
    this.#state = 'closed';
    for (const reader of this.#readers) reader.close();
    for (const client of this.#clients) client.disconnect();
  }

  async #open(): Promise<void> {
    this.#make = await redisClients(this.#url);
    if (this.#state === 'closed') return;
    const commands = this.#connect({
      ready: () => {
        this.#since = machineNow();
        this.#presence.forget();
      },
      closed: () => {
        this.#client = undefined;
        if (this.#state === 'open') this.trouble ??= endError(undefined, this.#url.shown);
      },
      error: (error) => void this.#failed(error),
    });
    this.#commands = commands;
    await this.#check(commands);
  }

  /** Asks until it answers. @throws {BrokerError} if it is not fit, and waiting will not make it so */
  async #check(commands: Redis): Promise<void> {
    for (;;) {
      try {
        const reason = unfit(await commands.info(), this.#url.shown);
        if (reason === undefined) return;
        this.trouble = reason;
        if (reason.lasting) throw reason;
      } catch (error) {
        if (this.#state === 'closed') return;
        if (/NOPERM/.test((error as Error).message)) return; // It may not be asked. What it cannot do will show.
        const ours = this.#failed(error);
        if (ours.lasting) throw ours;
      }
      await new Promise((resolve) => timers.setTimeout(resolve, 100).unref());
    }
  }

  /** A connection with another number is asked for it before anything is announced in its name. */
  async #number(redis: Redis): Promise<string> {
    try {
      this.#client ??= String(await redis.client('ID'));
    } catch (error) {
      if (!/NOPERM/.test((error as Error).message)) throw this.#failed(error);
      this.#client = ''; // It may not be asked: this node is then missed by its silence.
    }
    return this.#client;
  }

  #connect(events: ClientEvents): Redis {
    const client = this.#make!(events);
    this.#clients.add(client);
    client.once('end', () => this.#clients.delete(client));
    return client;
  }

  async #ready(): Promise<Redis> {
    await this.open();
    if (this.#commands === undefined || this.#state === 'closed') throw this.#failed(new Error('The link is closed.'));
    return this.#commands;
  }

  async #do<T>(ask: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = await this.#ready();
    return this.#tried(() => ask(redis));
  }

  async #all(pipeline: ReturnType<Redis['pipeline']>): Promise<void> {
    const results = await this.#tried(() => pipeline.exec());
    const failed = results?.find(([error]) => error !== null);
    if (failed !== undefined) throw this.#failed(failed[0]);
  }

  async #tried<T>(ask: () => Promise<T>): Promise<T> {
    try {
      const answer = await ask();
      // That a right is missing for one command stays true when another one is allowed.
      if (!isLasting(this.trouble)) this.trouble = undefined;
      return answer;
    } catch (error) {
      throw this.#failed(error);
    }
  }

  #failed(error: unknown): BrokerError {
    const ours = error instanceof BrokerError ? error : brokerError(error, this.#url.shown);
    // That a connection was closed says less than why it could not be opened.
    if (this.trouble === undefined || !/Connection is closed/.test(ours.message)) this.trouble = ours;
    return ours;
  }
}

import type { Redis } from 'ioredis';
import type { BrokerUrl } from '../../../core/broker/broker-url.ts';
import { NotInstalledError } from '../../../core/errors.ts';

/** Milliseconds without a byte after which a connection is held to be dead, while an answer is due. */
const HALF_OPEN = 10_000;
const CONNECT = 5_000;

/** What a connection tells. */
export interface ClientEvents {
  ready?(): void;
  closed?(): void;
  error(error: Error): void;
}

type Make = (events: ClientEvents) => Redis;

/**
 * Loads ioredis, which only pools with nodes need.
 * @returns what makes connections
 * @throws {NotInstalledError} `ERR_NOT_INSTALLED`
 */
export async function redisClients({ host, port, tls, username, password, db }: BrokerUrl): Promise<Make> {
  const Client = await load();
  const options = {
    host,
    port,
    db,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls: {} } : {}),
    protocol: 2 as const, // The replies of streams have another shape in 3.
    connectTimeout: CONNECT,
    socketTimeout: HALF_OPEN,
    maxRetriesPerRequest: null, // How long a broker may be away is judged by the vigil.
    // Without it, what was on its way when a connection broke would never settle. Frames carry their numbers, so nothing is done twice.
    autoResendUnfulfilledCommands: true,
    disableClientInfo: true,
    retryStrategy: (times: number) => Math.min(25 * 2 ** Math.min(times, 6), 500),
  };
  return (events) => {
    const client = new Client(options);
    client.on('error', (error: Error & { command?: { name?: string } }) => {
      events.error(error); // An `error` event without a listener would end the process.
      if (error.command?.name === 'select') client.disconnect(true); // It would go on in database 0, which belongs to somebody else.
    });
    client.on('ready', () => events.ready?.());
    client.on('close', () => events.closed?.());
    client.on('connect', () => (client as unknown as { stream?: { unref?(): void } }).stream?.unref?.()); // An idle pool keeps no program alive.
    return client;
  };
}

async function load(): Promise<typeof Redis> {
  try {
    return (await import('ioredis')).Redis;
  } catch (error) {
    throw new NotInstalledError('ioredis', 'Nodes talk through Redis, and need the package ioredis: npm install ioredis@6', error);
  }
}

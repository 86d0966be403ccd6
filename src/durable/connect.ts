import timers from 'node:timers';
import { BrokerError } from '../core/broker/broker-error.ts';
import type { BrokerUrl } from '../core/broker/broker-url.ts';
import { brokerError, unfit } from '../executors/nodes/link/broker-errors.ts';
import { redisClients } from '../executors/nodes/link/redis-client.ts';
import { BROKER_TIMEOUT } from '../options/nodes.ts';

/** A connection with the broker. */
export type Client = ReturnType<Awaited<ReturnType<typeof redisClients>>>;

/** Milliseconds between two looks at a broker that is not fit yet. */
const AGAIN = 100;

/**
 * Connects, and sees whether the broker is fit.
 * @param timeout milliseconds
 * @param signal aborted when it is not wanted any more
 * @throws {BrokerError} if it is not, or does not answer within that time
 * @throws {NotInstalledError} `ERR_NOT_INSTALLED`
 */
export async function connect(url: BrokerUrl, timeout: number = BROKER_TIMEOUT, signal?: AbortSignal): Promise<Client> {
  const make = await redisClients(url);
  let trouble: BrokerError | undefined;
  let state: 'asking' | 'given up' = 'asking';
  const client = make({
    error: (error) => {
      trouble = brokerError(error, url.shown);
    },
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = timers.setTimeout(() => reject(trouble ?? silent(url, timeout)), timeout);
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  try {
    await Promise.race([fit(), late]);
    return client;
  } catch (error) {
    state = 'given up';
    hangUp(client);
    throw error;
  } finally {
    clearTimeout(timer);
  }

  async function fit(): Promise<void> {
    while (state === 'asking') {
      if (trouble?.lasting) throw trouble;
      try {
        trouble = unfit(await client.info(), url.shown);
        if (trouble === undefined) return;
      } catch (error) {
        if (/NOPERM/.test((error as Error).message)) return; // It may not be asked. What it cannot do will show.
        trouble = brokerError(error, url.shown);
      }
      if (trouble.lasting) throw trouble;
      await new Promise((resolve) => timers.setTimeout(resolve, AGAIN));
    }
  }
}

/** A Redis that does not answer takes no leave either, and would keep this process alive. */
export function hangUp(client: Client): void {
  client.disconnect();
  (client as unknown as { stream?: { destroy?(): void } }).stream?.destroy?.();
}

function silent({ shown }: BrokerUrl, timeout: number): BrokerError {
  const message = `The broker ${shown} has not answered within ${timeout} ms. Is Redis running, and can it be reached from here?`;
  return new BrokerError('ERR_BROKER_LOST', message, { lasting: false });
}

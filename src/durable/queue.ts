import type { Job, Queue, Worker } from 'bullmq';
import { NotInstalledError } from '../core/errors.ts';
import type { Client } from './connect.ts';
import { LOCK, LOOK } from './held-claim.ts';
import { KEPT, QUEUE } from './keys.ts';

/** Seconds for which a manager waits for a job before it asks again. */
const WAIT = 2;
/** A manager that dies is no fault of its job: we count for ourselves how often that happens without any progress. */
const NEVER_TOO_OFTEN = 1_000_000_000;
/** Nothing of a job stays with BullMQ when it has ended. */
const GONE = { removeOnComplete: true, removeOnFail: true };

/** A job that a manager has. */
export type TakenJob = Pick<Job, 'id' | 'extendLock' | 'moveToWait' | 'moveToCompleted'>;

/** Loads BullMQ, which only durable jobs need. @throws {NotInstalledError} `ERR_NOT_INSTALLED` */
export async function loadBullMQ(): Promise<typeof import('bullmq')> {
  try {
    return await import('bullmq');
  } catch (error) {
    throw new NotInstalledError('bullmq', 'Durable jobs are kept by BullMQ, and need the package bullmq: npm install bullmq@6', error);
  }
}

/** The jobs that wait for a manager, as the command line sees them. */
export class JobQueue {
  readonly #queue: Queue;
  readonly #client: Client;

  private constructor(queue: Queue, client: Client) {
    this.#queue = queue;
    this.#client = client;
    queue.on('error', () => {}); // The client that we share tells of its troubles.
  }

  /** @throws {NotInstalledError} `ERR_NOT_INSTALLED` */
  static async open(client: Client, prefix: string): Promise<JobQueue> {
    const { Queue } = await loadBullMQ();
    return new JobQueue(new Queue(QUEUE, { connection: client, prefix, skipVersionCheck: true }), client);
  }

  /** Puts a job; one that is there already stays. */
  async add(id: string): Promise<void> {
    await this.#queue.add('run', {}, { jobId: id, ...GONE });
    await renewKeys(this.#client, this.#queue, id);
  }

  async has(id: string): Promise<boolean> {
    return (await this.#queue.getJob(id)) !== undefined;
  }

  /** Takes away a job that no manager has; otherwise nothing is done. */
  async remove(id: string): Promise<void> {
    await this.#queue.remove(id).catch(() => {});
  }

  /** BullMQ gives its keys no expiry. */
  async renew(): Promise<void> {
    await renewKeys(this.#client, this.#queue);
  }
}

/** The jobs that wait for a manager, as a manager sees them. */
export class JobSource {
  readonly #worker: Worker;
  readonly #client: Client;

  private constructor(worker: Worker, client: Client) {
    this.#worker = worker;
    this.#client = client;
    worker.on('error', () => {});
  }

  /** @throws {NotInstalledError} `ERR_NOT_INSTALLED` */
  static async open(client: Client, prefix: string): Promise<JobSource> {
    const { Worker } = await loadBullMQ();
    const worker = new Worker(QUEUE, null, {
      connection: client,
      prefix,
      skipVersionCheck: true,
      autorun: false,
      drainDelay: WAIT,
      lockDuration: LOCK,
      stalledInterval: LOOK,
      maxStalledCount: NEVER_TOO_OFTEN,
      ...{ removeOnComplete: { count: 0 }, removeOnFail: { count: 0 } },
    });
    await worker.waitUntilReady();
    await worker.startStalledCheckTimer();
    return new JobSource(worker, client);
  }

  /** The next job; undefined if none came for a while. */
  async next(token: string): Promise<TakenJob | undefined> {
    const job = await this.#worker.getNextJob(token);
    if (job?.id !== undefined) await renewKeys(this.#client, this.#worker, job.id).catch(() => {}); // What BullMQ has made for it has no expiry.
    return job;
  }

  async renew(): Promise<void> {
    await renewKeys(this.#client, this.#worker);
  }
}

/** @param job its own key too */
async function renewKeys(client: Client, queue: Pick<Queue, 'keys' | 'toKey'>, job?: string): Promise<void> {
  const pipeline = client.pipeline();
  if (job !== undefined) pipeline.pexpire(queue.toKey(job), KEPT);
  for (const [name, key] of Object.entries(queue.keys)) if (name !== '' && name !== 'stalled-check') pipeline.pexpire(key, KEPT);
  await pipeline.exec();
}

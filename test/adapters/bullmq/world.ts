import { after, before } from 'node:test';
import { type Job, type JobsOptions, Queue, QueueEvents, Worker, type WorkerOptions } from 'bullmq';
import { Redis } from 'ioredis';
import { type JobProcessor, type ProcessorOptions, processor } from '../../../src/adapters/bullmq/index.ts';
import { Pool, type PoolOptions } from '../../../src/index.ts';
import { type RedisServer, startRedis, withoutRedis } from '../../redis.ts';

const TASKS = new URL('../../fixtures/job-tasks.js', import.meta.url);

let redis: RedisServer;
let asked = false;
let names = 0;
const open: { close(): Promise<unknown> }[] = [];

/** Redis for the tests of a process, whichever of its files asks first, where there is one. */
export function withRedis(): void {
  if (asked) return;
  asked = true;
  before(async () => {
    if (withoutRedis === false) redis = await startRedis();
  });
  after(async () => {
    await Promise.all(open.map((one) => one.close()));
    if (withoutRedis === false) await redis.stop();
  });
}

/** Speaks to Redis past BullMQ. */
export async function withClient<T>(use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(redis.url);
  try {
    return await use(client);
  } finally {
    client.disconnect();
  }
}

export interface Scene {
  readonly pool: Pool;
  readonly queue: Queue;
  readonly worker: Worker;
  readonly jobs: JobProcessor<unknown>;
  /** Errors that the worker has told of. */
  readonly errors: Error[];
  /** Adds a job and resolves with how it stands once it has completed, or failed for good. */
  settled(data: unknown, options?: JobsOptions, name?: string): Promise<Job>;
}

/** How often a job has been tried reaches the task, so that it can be different the next time. */
export const withAttempt = (job: { attemptsMade: number; data: unknown }): unknown => ({ attempt: job.attemptsMade, value: job.data });

export interface SceneOptions extends ProcessorOptions {
  readonly pool?: Partial<PoolOptions>;
  readonly worker?: Partial<WorkerOptions>;
}

/** A queue of its own, and a BullMQ worker whose processor is a pool. */
export async function scene({ pool: poolOptions, worker: workerOptions, ...options }: SceneOptions = {}): Promise<Scene> {
  const connection = { host: '127.0.0.1', port: redis.port };
  const name = `jobs-${++names}`;
  const pool = new Pool({ filename: TASKS, threads: 2, spares: 1, retry: false, ...poolOptions });
  const queue = new Queue(name, { connection });
  const events = new QueueEvents(name, { connection });
  const jobs = processor(pool, options);
  const worker = jobs.attach(new Worker(name, jobs, { connection, concurrency: 4, ...workerOptions }));
  const errors: Error[] = [];
  worker.on('error', (error) => errors.push(error));
  open.push(queue, events, { close: () => jobs.close({ force: true }) });
  await events.waitUntilReady();
  return {
    pool,
    queue,
    worker,
    jobs,
    errors,
    async settled(data, settings, jobName = 'job') {
      const job = await queue.add(jobName, data, settings);
      await job.waitUntilFinished(events).catch(() => {});
      return (await queue.getJob(job.id!))!;
    },
  };
}

/** The first event of a worker or a queue that `is` wanted. */
export function heard<T>(
  emitter: { on(name: never, listener: never): unknown },
  name: string,
  is: (...args: never[]) => T | undefined,
): Promise<T> {
  return new Promise((resolve) => {
    const listener = (...args: never[]): void => {
      const found = is(...args);
      if (found !== undefined) resolve(found);
    };
    emitter.on(name as never, listener as never);
  });
}

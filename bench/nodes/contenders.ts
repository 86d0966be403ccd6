import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Queue, QueueEvents } from 'bullmq';
import { Pool } from '../../src/index.ts';
import type { NodeWork } from '../work/node-task.ts';
import { NodeFleet } from './fleet.ts';

/** Threads, or processes, that do the work. */
const WORKERS = 2;
const filename = new URL('../work/node-task.js', import.meta.url);
const WORKER = fileURLToPath(new URL('./bullmq-worker.js', import.meta.url));

/** What does tasks, here or elsewhere. */
export interface Contender {
  readonly name: 'nodes' | 'bullmq' | 'cells';
  run(input: number | NodeWork): Promise<unknown>;
  end(): Promise<void>;
}

const never = { threads: WORKERS, timeout: Number.POSITIVE_INFINITY } as const;

export async function nodes(url: string): Promise<Contender> {
  const fleet = await NodeFleet.start(url, filename, 1, '--name', 'speed');
  const pool = new Pool({ filename, ...never, spares: 0, nodes: { url, name: 'speed' } });
  await pool.ready();
  return {
    name: 'nodes',
    run: (input) => pool.run(input),
    end: async () => {
      await pool.close();
      await fleet.end();
    },
  };
}

export async function cells(): Promise<Contender> {
  const pool = new Pool({ filename, ...never, spares: 0, isolation: 'process' });
  await pool.ready();
  return { name: 'cells', run: (input) => pool.run(input), end: () => pool.close().then(() => {}) };
}

/** Two programs with a worker each, as many jobs at a time as its documentation has for work that does not compute; results come as events. */
export async function bullmq(port: number): Promise<Contender> {
  const connection = { host: '127.0.0.1', port };
  const name = `speed-${process.pid}`;
  const programs = await Promise.all(Array.from({ length: WORKERS }, () => start(name, port)));
  const queue = new Queue(name, {
    connection,
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
    streams: { events: { maxLen: 1_000_000 } }, // With the 10,000 that it keeps, the results of thousands of jobs in flight are dropped unread.
  });
  const events = new QueueEvents(name, { connection, lastEventId: '0-0' }); // Its first reading may come after the first job has ended.
  await events.waitUntilReady();
  const waiting = new Map<string, { resolve(value: unknown): void; reject(error: Error): void }>();
  events.on('completed', ({ jobId, returnvalue }) => {
    waiting.get(jobId)?.resolve(returnvalue);
    waiting.delete(jobId);
  });
  events.on('failed', ({ jobId, failedReason }) => waiting.get(jobId)?.reject(new Error(failedReason)));
  events.on('error', (error) => console.error(error.message));
  queue.on('error', (error) => console.error(error.message));
  let jobs = 0;
  return {
    name: 'bullmq',
    run: (input) =>
      new Promise((resolve, reject) => {
        const jobId = `j${++jobs}`;
        waiting.set(jobId, { resolve, reject });
        queue.add('job', input, { jobId }).catch(reject);
      }),
    end: async () => {
      for (const program of programs) program.kill('SIGTERM');
      await Promise.all(programs.map((program) => (program.exitCode === null ? once(program, 'exit') : undefined)));
      await events.close();
      await queue.close();
    },
  };
}

async function start(name: string, port: number): Promise<ChildProcess> {
  const program = spawn(process.execPath, [WORKER, name, String(port), '64'], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(program.stdout!, 'data');
  return program;
}

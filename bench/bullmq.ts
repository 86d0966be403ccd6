// The jobs of BullMQ: in a pool, beside BullMQ's own sandboxes. Starts a redis-server of its own.
//   npm run build && node dist/bench/bullmq.js [seconds of each] [rounds]
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Queue, Worker } from 'bullmq';
import { processor } from '../src/adapters/bullmq/index.ts';
import { Pool } from '../src/index.ts';
import { startRedis } from '../test/redis.ts';

const THREADS = 2;
const IN_FLIGHT = 16;

const CASES = {
  'no-op': { ms: 0, bundle: 1 },
  '5 ms of computing': { ms: 5, bundle: 1 },
  '64 no-ops a job': { ms: 0, bundle: 64 },
} as const;
type Case = keyof typeof CASES;

interface Running {
  readonly worker: Worker;
  close(): Promise<unknown>;
}
interface Settings {
  readonly connection: { readonly host: string; readonly port: number };
  readonly concurrency: number;
}

const sandbox = fileURLToPath(new URL('./work/bullmq-sandbox.js', import.meta.url));

const CONTENDERS: Readonly<Record<string, (queue: string, settings: Settings, bundle: boolean) => Running>> = {
  'holdfast, 2 threads': (queue, settings, bundle) => {
    const pool = new Pool({ filename: new URL('./work/bullmq-task.js', import.meta.url), threads: THREADS });
    const jobs = processor(pool, { bundle });
    return { worker: jobs.attach(new Worker(queue, jobs, settings)), close: () => jobs.close() };
  },
  'sandbox of 16 threads': (queue, settings) => {
    const worker = new Worker(queue, sandbox, { ...settings, useWorkerThreads: true });
    return { worker, close: () => worker.close() };
  },
  'sandbox of 16 processes': (queue, settings) => {
    const worker = new Worker(queue, sandbox, settings);
    return { worker, close: () => worker.close() };
  },
};

/** Jobs a second over that time, from the first one after the warm-up; as many are open as the worker takes, and twice that wait. */
async function rate(contender: string, kind: Case, port: number, seconds: number): Promise<number> {
  const { ms, bundle } = CASES[kind];
  const connection = { host: '127.0.0.1', port };
  const name = `bench-${process.hrtime.bigint()}`;
  const queue = new Queue(name, { connection });
  const data = bundle === 1 ? { ms } : Array.from({ length: bundle }, () => ({ ms }));
  const add = (count: number): Promise<unknown> =>
    queue.addBulk(Array.from({ length: count }, () => ({ name: 'job', data, opts: { removeOnComplete: true } })));
  const running = CONTENDERS[contender]!(name, { connection, concurrency: IN_FLIGHT }, bundle > 1);
  const { worker } = running;
  worker.on('error', (error) => console.error(error.message));
  let done = 0;
  let going = true;
  worker.on('completed', () => {
    done++;
    if (going && done % IN_FLIGHT === 0) void add(IN_FLIGHT);
  });
  await add(4 * IN_FLIGHT);
  // Every child has started once it has had its share.
  while (done < 8 * IN_FLIGHT) await once(worker, 'completed');
  const [from, begun] = [done, performance.now()];
  while (performance.now() - begun < seconds * 1_000) await once(worker, 'completed');
  const result = (done - from) / ((performance.now() - begun) / 1_000);
  going = false;
  await running.close();
  await queue.close();
  return result;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

const [seconds = '3', rounds = '3'] = process.argv.slice(2);
const redis = await startRedis();
const rates = new Map<string, number[]>();
// Contenders take turns, so that a disturbance of the machine hits all of them.
for (let round = 0; round < Number(rounds); round++) {
  for (const kind of Object.keys(CASES) as Case[]) {
    for (const contender of Object.keys(CONTENDERS)) {
      const key = `${contender} ${kind}`;
      rates.set(key, [...(rates.get(key) ?? []), await rate(contender, kind, redis.port, Number(seconds))]);
    }
  }
}
await redis.stop();

const kinds = Object.keys(CASES) as Case[];
console.log(`Jobs a second, ${IN_FLIGHT} in flight, median of ${rounds} rounds.\n`);
console.log(`| | ${kinds.join(' | ')} |`);
console.log(`|---|${kinds.map(() => '---:').join('|')}|`);
for (const contender of Object.keys(CONTENDERS)) {
  const figures = kinds.map((kind) => Math.round(median(rates.get(`${contender} ${kind}`)!)).toLocaleString('en-US'));
  console.log(`| ${contender} | ${figures.join(' | ')} |`);
}

// A bare BullMQ worker, as a program of its own: the work of bench/nodes/speed.ts, called by its processor itself.
import { Worker } from 'bullmq';
import work, { type NodeWork } from '../work/node-task.ts';

const [name, port, concurrency] = process.argv.slice(2) as [string, string, string];
const worker = new Worker<number | NodeWork>(name, async ({ data }) => work(data), {
  connection: { host: '127.0.0.1', port: Number(port) },
  concurrency: Number(concurrency),
});
worker.on('error', (error) => console.error(error.message));
await worker.waitUntilReady();
console.log('ready');
process.on('SIGTERM', () => void worker.close(true).finally(() => process.exit()));

import { fileURLToPath } from 'node:url';
import { Pool } from '../../../src/index.ts';

const filename = fileURLToPath(new URL('./measured-task.js', import.meta.url));
const MS = 1e-6;
const now = (): number => Number(process.hrtime.bigint()) * MS;

/** Median of the milliseconds from the last instruction of a real thread that ends itself to the first of its task's next attempt, on a spare. */
export async function measuredThreads(deaths: number): Promise<number> {
  await using pool = new Pool({ filename, name: 'diesOnce', threads: 1, spares: 1, metrics: false, retry: 3 });
  const times: number[] = [];
  for (let i = 0; i < deaths; i++) {
    await spareReady(pool);
    const diedAt = new Float64Array(new SharedArrayBuffer(8));
    const begunAt = (await pool.run(diedAt)) as number;
    times.push(begunAt - diedAt[0]!);
  }
  return median(times);
}

/** The same for a process of threads that is killed from outside: the nearest thing to a node on one machine. */
export async function measuredCells(deaths: number): Promise<number> {
  await using pool = new Pool({ filename, name: 'killedOnce', threads: 1, spares: 1, isolation: 'process', metrics: false, retry: 3 });
  const times: number[] = [];
  for (let i = 0; i < deaths; i++) {
    await spareReady(pool);
    let killedAt = 0;
    const onProgress = (pid: unknown): void => {
      killedAt = now();
      process.kill(pid as number, 'SIGKILL');
    };
    const begunAt = (await pool.run(undefined, { onProgress })) as number;
    times.push(begunAt - killedAt);
  }
  return median(times);
}

const median = (times: number[]): number => times.sort((a, b) => a - b)[times.length >> 1]!;

async function spareReady(pool: Pool): Promise<void> {
  await pool.ready();
  while (pool.stats().threads.spare === 0) await new Promise((resolve) => setTimeout(resolve, 2));
}

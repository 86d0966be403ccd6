import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Pool, type PoolOptions } from '../../src/index.ts';
import { observe } from '../../src/observe/index.ts';
import { Holdfast, many, scratch, TASK, writeInput } from '../cli/command.ts';
import { codeOf, startCart } from '../server/stage.ts';

const filename = new URL('../fixtures/operated-tasks.js', import.meta.url);
const settled = (...runs: Promise<unknown>[]): Promise<unknown> => Promise.allSettled(runs);

/** What there is to scrape. */
export interface Target {
  readonly port: number;
  /** Works on until it is aborted. */
  work(until: AbortSignal): Promise<void>;
}

async function poolTarget(
  t: TestContext,
  options: Partial<PoolOptions>,
  round: (pool: Pool, n: number) => Promise<unknown>,
): Promise<Target> {
  const pool = new Pool({ filename, restart: { intensity: 1_000 }, ...options });
  const page = await observe(pool);
  t.after(async () => {
    await page.close();
    await pool.close({ force: true });
  });
  const work = async (until: AbortSignal): Promise<void> => {
    for (let n = 0; !until.aborted; n++) await round(pool, n);
  };
  return { port: Number(new URL(page.url).port), work };
}

/** A pool of threads that die on purpose, and of nothing else; with it the servers of this program. */
export function threadsTarget(t: TestContext): Promise<Target> {
  const options = { threads: 4, spares: 2, maxQueue: 10_000, metrics: { labels: { pool: 'run' } } };
  return poolTarget(t, options, (pool, round) =>
    settled(
      ...Array.from({ length: 200 }, (_, n) => pool.run(n, { name: 'quick' })),
      pool.run(round, { name: 'fail' }),
      pool.run(round, { name: 'crash', retry: 1 }),
      pool.run(round, { name: 'vote', redundancy: 3 }),
      pool.run(round, { name: 'slow', hedge: { after: 20, budget: 1 } }),
    ),
  );
}

export function cellsTarget(t: TestContext): Promise<Target> {
  const options = { threads: 1, spares: 0, isolation: 'process', metrics: { labels: { pool: 'cells' } } } as const;
  return poolTarget(t, options, (pool, n) => pool.run(n, { name: 'quick' }));
}

/** A server with a standby, whose threads die. It is scraped with the pool of its program. */
export async function serverWork(t: TestContext): Promise<Target['work']> {
  const cart = await startCart({ standby: 1 });
  t.after(() => cart.stop());
  return async (until) => {
    for (let n = 0; !until.aborted; n++) {
      await cart.call('note', n);
      if (n % 200 === 199) await codeOf(cart.call('throws', 'on purpose'));
    }
  };
}

/** A job of the command line, that ends with the test. */
export async function jobTarget(t: TestContext): Promise<Target> {
  const cwd = scratch(t);
  writeInput(join(cwd, 'in.ndjson'), many(100_000, 20));
  const call = new Holdfast(['run', TASK, 'in.ndjson', '-o', 'out.ndjson', '--threads', '1', '--observe', '0'], { cwd, input: '' });
  t.after(async () => {
    call.process.kill('SIGINT');
    await call.ended;
  });
  await call.says(/Observer: http:\S+\n/);
  const [, url = ''] = /Observer: (http:\S+\/)\n/.exec(call.stderr) ?? [];
  return { port: Number(new URL(url).port), work: async () => {} };
}

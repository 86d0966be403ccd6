import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pool, type RunOptions } from '../../../src/index.ts';
import { soaked } from '../../soak.ts';

const FILE = new URL('../../fixtures/never-idle.js', import.meta.url);
const SAMPLES = soaked(20, 2);
const KINDS: Record<string, { readonly input: 'echo' | 'oom'; readonly run: RunOptions }> = {
  redundant: { input: 'echo', run: { redundancy: { replicas: 3, quorum: 3 }, priority: 10 } },
  'oom-retried': { input: 'oom', run: {} },
  'low priority': { input: 'echo', run: { priority: -1 } },
};

/** Milliseconds until each of a number of tasks has settled, one after the other. */
async function timesOf(pool: Pool, kind: keyof typeof KINDS): Promise<number[]> {
  const { input, run } = KINDS[kind]!;
  const times: number[] = [];
  for (let i = 0; i < SAMPLES; i++) {
    const begun = performance.now();
    assert.equal(await pool.run(input, run), input);
    times.push(performance.now() - begun);
  }
  return times.sort((a, b) => a - b);
}

const figure = (times: readonly number[]): string => `${times[times.length >> 1]!.toFixed(0)} / ${times.at(-1)!.toFixed(0)}`;

/** Callers with tasks of 5 ms, who never pause: twice as many as there are threads. */
function load(pool: Pool, callers: number): () => Promise<unknown> {
  let stopped = false;
  const loops = Array.from({ length: callers }, async () => {
    while (!stopped) await pool.run('load');
  });
  return () => {
    stopped = true;
    return Promise.all(loops);
  };
}

console.log(
  '| threads | spares | kind | idle, p50 / max ms | closed loop at twice the capacity, p50 / max ms |\n|---:|---:|---|---:|---:|',
);
for (const threads of [1, 2, 3, 8]) {
  for (const spares of [0, 1, 2]) {
    test(`on a pool that is never idle everybody's turn comes: ${threads} threads, ${spares} spares`, async () => {
      const resourceLimits = { maxOldGenerationSizeMb: 32 };
      const restart = { intensity: 1000 };
      const pool = new Pool({ filename: FILE, threads, spares, retryBudget: 0, metrics: false, resourceLimits, restart });
      await pool.ready();
      for (const kind of Object.keys(KINDS)) {
        const idle = await timesOf(pool, kind);
        const stop = load(pool, 2 * threads);
        const busy = await timesOf(pool, kind);
        await stop();
        console.log(`| ${threads} | ${spares} | ${kind} | ${figure(idle)} | ${figure(busy)} |`);
      }
      await pool.close();
    });
  }
}

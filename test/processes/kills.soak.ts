import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { seeded } from '../../src/core/random.ts';
import { Pool, type PoolOptions } from '../../src/index.ts';
import { shortWork } from '../fixtures/misdeeds/deadly.ts';
import { soaked } from '../soak.ts';
import { type Killer, killCells } from './kills.ts';
import { alive, stayAlive } from './stage.ts';

stayAlive();

const filename = new URL('../fixtures/misdeeds/deadly.js', import.meta.url);
const THREADS = 2;
const EVERY = 100;
/** `HOLDFAST_TASKS=6000 HOLDFAST_SEED=7` makes a short run of the same kills. */
const TASKS = Number(process.env.HOLDFAST_TASKS ?? soaked(100_000, 4_000));
/** How many times a successor is to begin a task where kills are rare. */
const HANDOVERS = soaked(50, 3);
/** Tasks that are run in one go until all that was to be seen has been. */
const MORE = 500;
const SEED = Number(process.env.HOLDFAST_SEED ?? Math.floor(Math.random() * 2 ** 32));

/** That cells are killed when they have just come up is no reason to give up here. */
const open = (options: Partial<PoolOptions> = {}): Pool =>
  new Pool({
    filename,
    isolation: 'process',
    threads: THREADS,
    spares: 2,
    retry: 50,
    restart: { intensity: 100_000, minTimeout: 1, maxTimeout: 1 },
    ...options,
  });

const quantile = (sorted: readonly number[], q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!;

interface Run {
  /** Right results a second. */
  readonly goodput: number;
  readonly tasks: number;
  readonly ms: number;
  /** Milliseconds from each kill to the first task that its successor began, in order of length. */
  readonly handovers: readonly number[];
}

const described = ({ handovers }: Run): string =>
  `p50 ${quantile(handovers, 0.5).toFixed(1)} ms, p99 ${quantile(handovers, 0.99).toFixed(1)} ms (${handovers.length})`;

/** Runs this many tasks, and then as many more as it takes to see enough successors at work. */
async function run(pool: Pool, tasks: number, killer?: Killer, least = 0): Promise<Run> {
  const starts = new Map<number, number[]>();
  const began = performance.now();
  let done = 0;
  let handovers: number[] = [];
  for (let more = tasks; more > 0; more = handovers.length < least ? MORE : 0) {
    await someTasks(pool, more, starts);
    done += more;
    handovers = handoversOf(killer, starts);
  }
  const ms = performance.now() - began;
  return { goodput: (done / ms) * 1000, tasks: done, ms, handovers };
}

/** Each settles once, with the right result; adds when tasks began in each process, by pid. */
async function someTasks(pool: Pool, tasks: number, starts: Map<number, number[]>): Promise<void> {
  const settled = new Uint8Array(tasks);
  for await (const one of pool.mapSettled(Array(tasks).keys(), { name: 'stamped', ordered: false })) {
    assert.equal(one.status, 'fulfilled', one.status === 'rejected' ? String(one.reason) : '');
    const [result, pid, at] = (one as { value: readonly [number, number, number] }).value;
    assert.equal(result, shortWork(one.index));
    settled[one.index]!++;
    const times = starts.get(pid);
    if (times === undefined) starts.set(pid, [at]);
    else times.push(at);
  }
  assert.equal(
    settled.every((times) => times === 1),
    true,
    'nothing lost, nothing twice',
  );
}

function handoversOf(killer: Killer | undefined, starts: ReadonlyMap<number, readonly number[]>): number[] {
  const times: number[] = [];
  for (const { successor, at } of killer?.kills ?? []) {
    const first = starts.get(successor ?? -1)?.find((start) => start > at);
    if (first !== undefined) times.push(first - at);
  }
  return times.sort((a, b) => a - b);
}

/** What the start of a cell costs, in milliseconds: the median of some, one after another, with nothing else to do. */
async function startOfCell(): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 7; i++) {
    const began = performance.now();
    const pool = open({ threads: 1, spares: 0 });
    await pool.ready();
    times.push(performance.now() - began);
    await pool.close();
  }
  return times.sort((a, b) => a - b)[3]!;
}

test(`${TASKS} tasks while a cell is killed every 100 ms: nothing lost, nothing twice`, async (t) => {
  t.diagnostic(`seed ${SEED}`);
  const start = await startOfCell();
  const pool = open();
  await pool.ready();
  const calm = await run(pool, TASKS / 5);
  const killer = killCells(pool, EVERY, seeded(SEED));
  const stormy = await run(pool, TASKS, killer, 1);
  await killer.stop();
  const { kills } = killer;
  // N / (s + p/(1-p) (d + c)): a kill strikes one attempt, half-way, and costs the cores the start of a cell.
  const s = (THREADS / calm.goodput) * 1000;
  const p = kills.length / (stormy.tasks + kills.length);
  const closed = (1000 * THREADS) / (s + (p / (1 - p)) * (s / 2 + start));
  t.diagnostic(
    `service ${s.toFixed(3)} ms, start of a cell ${start.toFixed(0)} ms, ${kills.length} kills in ${(stormy.ms / 1000).toFixed(1)} s`,
  );
  t.diagnostic(
    `goodput ${stormy.goodput.toFixed(0)}/s, closed form ${closed.toFixed(0)}/s (${((100 * stormy.goodput) / closed).toFixed(0)} %), without kills ${calm.goodput.toFixed(0)}/s`,
  );
  t.diagnostic(`death to first task on the successor: ${described(stormy)}`);
  await pool.close();
  assert.equal(
    kills.some(({ pid }) => alive(pid)),
    false,
  );
});

test('a kill now and then, with spares ready: time to the first task on the successor', async (t) => {
  t.diagnostic(`seed ${SEED}`);
  const pool = open();
  await pool.ready();
  const killer = killCells(pool, 10 * EVERY, seeded(SEED));
  const rare = await run(pool, TASKS / 2, killer, HANDOVERS);
  await killer.stop();
  t.diagnostic(described(rare));
  await pool.close();
});

test(`${TASKS / 10} tasks that may not be started twice, under the same kills: none was`, async (t) => {
  t.diagnostic(`seed ${SEED}`);
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'begun');
  const pool = open({ idempotent: false });
  await pool.ready();
  const killer = killCells(pool, EVERY, seeded(SEED));
  const inputs = Array.from({ length: TASKS / 10 }, (_, n) => [file, n] as const);
  let crashed = 0;
  for await (const one of pool.mapSettled(inputs, { name: 'writeDown', ordered: false })) {
    if (one.status === 'fulfilled') assert.equal(one.value, shortWork(one.index));
    else {
      assert.equal((one.reason as { code: string }).code, 'ERR_WORKER_CRASHED');
      crashed++;
    }
  }
  await killer.stop();
  const begun = readFileSync(file, 'utf8').trim().split('\n');
  assert.equal(new Set(begun).size, begun.length, 'begun twice');
  assert.ok(begun.length >= TASKS / 10 - crashed);
  t.diagnostic(`${killer.kills.length} kills, ${crashed} tasks failed with them, ${begun.length} had begun`);
  await pool.close();
});

// 100,000 tasks while nodes are killed at random: what is lost, how long until others have taken over, and what is left of the speed.
//   npm run build && node dist/bench/nodes/kills.js --tasks 100000 --kills 200 [--silent 20]
// Healthy nodes beside busy loops: none may be held to be dead.
//   npm run build && node dist/bench/nodes/kills.js --busy 60 [--loops 3]
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Pool } from '../../src/index.ts';
import { startRedis } from '../../test/redis.ts';
import { quantileOfSorted } from '../stats/quantiles.ts';
import { NodeFleet } from './fleet.ts';

type Tasks = typeof import('../../test/fixtures/counted-task.js');
const filename = new URL('../../test/fixtures/counted-task.js', import.meta.url);

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '100000' },
    kills: { type: 'string', default: '200' },
    /** How many of the kills are silent: the program is stopped, and killed when it was missed. */
    silent: { type: 'string', default: '20' },
    ms: { type: 'string', default: '20' },
    /** Tasks that are asked for at a time. */
    callers: { type: 'string', default: '12' },
    /** Minutes beside busy loops, and no kill. */
    busy: { type: 'string' },
    /** How many busy loops. */
    loops: { type: 'string', default: '3' },
    /** Milliseconds that a caller waits from one task to the next. */
    pause: { type: 'string', default: '0' },
  },
});
const [TASKS, KILLS, SILENT, MS, PAUSE, CALLERS, LOOPS] = (['tasks', 'kills', 'silent', 'ms', 'pause', 'callers', 'loops'] as const).map(
  (name) => Number(values[name]),
) as [number, number, number, number, number, number, number];
const NODES = 4;
const SLOTS = 6;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const redis = await startRedis();
const fleet = await NodeFleet.start(redis.url, filename, NODES, '--name', 'kills', '--isolation', 'thread');
const folder = mkdtempSync(join(tmpdir(), 'holdfast-kills-'));
const file = join(folder, 'runs');
writeFileSync(file, '');
const pool = new Pool<Tasks>({
  filename,
  threads: SLOTS,
  retry: { retries: 20, minTimeout: 1, on: ['crash'] },
  retryBudget: 1,
  nodes: { url: redis.url, name: 'kills' },
});
const downs: string[] = [];
pool.on('nodeDown', ({ node, reason }) => {
  downs.push(reason);
  lost.get(node)?.();
});
/** Who waits for the loss of which node. */
const lost = new Map<string, () => void>();
await pool.ready();

let next = 0;
let wrong = 0;
let open = true;
/** Kills so far. */
let struck = 0;
/** That many tasks at least, and more until the last kill. */
const more = (): boolean => (values.busy === undefined ? next < TASKS || struck < KILLS : open);

async function caller(): Promise<void> {
  while (more()) {
    const uid = next++;
    const value = await pool.run({ uid, file, ms: MS }).catch((error: unknown) => error);
    if (value !== uid * 2) wrong++;
    if (PAUSE > 0) await sleep(PAUSE);
  }
}

interface TakeOver {
  readonly kind: 'killed' | 'silent';
  readonly noticed: number;
  readonly whole: number;
}

/** Strikes a node, and looks until every slot has a thread again. */
async function strike(kind: TakeOver['kind'], number: number): Promise<TakeOver> {
  const at = performance.now();
  const noticed = new Promise<void>((resolve) => lost.set(fleet.idOf(number), resolve));
  fleet.strike(number, kind === 'killed' ? 'SIGKILL' : 'SIGSTOP');
  await noticed;
  const seen = performance.now() - at;
  const taken = (): boolean => {
    const { ready, busy } = pool.stats().threads;
    return ready + busy >= SLOTS && pool.stats().nodes!.nodes.every(({ state, threads }) => state !== 'down' || threads === 0);
  };
  await new Promise((resolve) => setImmediate(resolve)); // Its threads are given back when it is known what they had been given.
  while (pool.health() !== 'ok' || !taken()) await new Promise((resolve) => setImmediate(resolve));
  const whole = performance.now() - at;
  await fleet.replace(number);
  return { kind, noticed: seen, whole };
}

/** The spares have been made up for. */
async function restored(): Promise<void> {
  while (more() && pool.stats().threads.spare < 2) await sleep(10);
}

function report(title: string, all: readonly number[]): void {
  const sorted = [...all].sort((a, b) => a - b);
  if (sorted.length === 0) return;
  const [p50, p99] = [0.5, 0.99].map((share) => Math.round(quantileOfSorted(sorted, share)));
  console.log(`${title}: ${sorted.length} times, p50 ${p50} ms, p99 ${p99} ms, max ${Math.round(sorted.at(-1)!)} ms`);
}

const callers = Array.from({ length: CALLERS }, caller);
// What the same slots do without a kill.
await sleep(2_000);
const [from, begun] = [pool.stats().fulfilled, performance.now()];
await sleep(5_000);
const free = (pool.stats().fulfilled - from) / ((performance.now() - begun) / 1_000);

const takeOvers: TakeOver[] = [];
const start = { at: performance.now(), done: pool.stats().fulfilled };
if (values.busy === undefined) {
  const seed = Math.floor(Math.random() * 1e9);
  console.log(
    `${TASKS} tasks of ${MS} ms, ${SLOTS} slots on ${NODES} nodes of 2 threads, ${KILLS} kills, ${SILENT} of them silent; seed ${seed}`,
  );
  for (let n = 0; n < KILLS; n++) {
    await restored();
    await sleep(Math.random() * 500);
    const silent = n % Math.max(1, Math.round(KILLS / SILENT)) === 1 && SILENT > 0;
    takeOvers.push(await strike(silent ? 'silent' : 'killed', Math.floor(Math.random() * NODES)));
    struck++;
    if (n % 10 === 9) process.stderr.write('.');
  }
} else {
  const loops = Array.from({ length: LOOPS }, () => spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
  await sleep(Number(values.busy) * 60_000);
  open = false;
  for (const loop of loops) loop.kill('SIGKILL');
}
const seconds = (performance.now() - start.at) / 1_000;
const goodput = (pool.stats().fulfilled - start.done) / seconds;
await Promise.all(callers);

const runs = readFileSync(file, 'utf8').split('\n').length - 1;
const { fulfilled, rejected, retries } = pool.stats();
console.log(
  `tasks ${next}, fulfilled ${fulfilled}, rejected ${rejected}, wrong ${wrong}; runs ${runs}, charged to the loss of a node ${retries}`,
);
const counted = [...new Set(downs)].map((reason) => `${reason} ${downs.filter((one) => one === reason).length}`);
console.log(`nodes lost: ${counted.join(', ') || 'none'}`);
for (const kind of ['killed', 'silent'] as const) {
  const some = takeOvers.filter((one) => one.kind === kind);
  report(
    `${kind}, noticed`,
    some.map(({ noticed }) => noticed),
  );
  report(
    `${kind}, all slots have a thread again`,
    some.map(({ whole }) => whole),
  );
}
if (takeOvers.length > 0) {
  // A slot that is lost stands empty until it is taken over, and half a task, on average, was done in vain.
  const slots = (SLOTS / (SLOTS + 2)) * 2;
  const gone = takeOvers.reduce((sum, { whole }) => sum + (slots * (whole + MS / 2)) / 1_000, 0);
  const expected = free * (1 - gone / (seconds * SLOTS));
  console.log(
    `tasks a second: ${free.toFixed(1)} without kills, ${expected.toFixed(1)} expected with them, ${goodput.toFixed(1)} seen (${(goodput / expected).toFixed(3)} of that)`,
  );
}
await pool.close();
await fleet.end();
await redis.stop();
rmSync(folder, { recursive: true, force: true });
process.exitCode = wrong > 0 || rejected > 0 || (values.busy !== undefined && downs.length > 0) ? 1 : 0;

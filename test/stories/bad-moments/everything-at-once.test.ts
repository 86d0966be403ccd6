import assert from 'node:assert/strict';
import { type CloseReport, Pool, type PoolOptions } from '../../../src/index.ts';
import type { Death } from '../../fixtures/misdeeds/doomed.ts';
import { further, oneIn } from '../../soak.ts';
import { block, mainIsUnharmed, nothingLeft, resources } from '../stage.ts';

const test = oneIn(4, import.meta.url);

/*
 * One thread, a full queue, and two faults in one instant: the task that runs takes its thread along, and the spare dies too. The main
 * loop is blocked meanwhile, and the pool is being closed. Every task settles once, and the report adds up.
 */

const DOOMED: URL = new URL('../../fixtures/misdeeds/doomed.js', import.meta.url);
const WAITING = [1, 2, 3, 4];

interface Story {
  readonly runner: Death;
  readonly spare: Death;
  readonly close: 'gently' | 'by force' | 'with too little time';
  readonly retry: number;
  /** What may become of the task that ran, and of those that waited: a code, or `fulfilled`. */
  readonly ran: readonly string[];
  readonly waited: readonly string[];
  readonly killed: readonly number[];
}

const SERVED = { waited: ['fulfilled'], killed: [0] };
const DROPPED = { ran: ['ERR_POOL_CLOSED'], waited: ['ERR_POOL_CLOSED'], killed: [1] };
const STORIES: readonly Story[] = [
  { runner: 'exit', spare: 'exit', close: 'gently', retry: 1, ran: ['fulfilled'], ...SERVED },
  { runner: 'throw', spare: 'exit', close: 'gently', retry: 0, ran: ['ERR_WORKER_CRASHED'], ...SERVED },
  { runner: 'exit', spare: 'throw', close: 'gently', retry: 0, ran: ['ERR_WORKER_CRASHED'], ...SERVED },
  { runner: 'hang', spare: 'throw', close: 'gently', retry: 0, ran: ['ERR_TASK_TIMEOUT'], ...SERVED },
  { runner: 'hang', spare: 'exit', close: 'gently', retry: 1, ran: ['fulfilled'], ...SERVED },
  { runner: 'exit', spare: 'exit', close: 'by force', retry: 1, ...DROPPED },
  { runner: 'hang', spare: 'throw', close: 'by force', retry: 1, ...DROPPED },
  // What the pool sees first when it wakes, that its time is over or that its threads are dead, is up to Node.
  {
    runner: 'throw',
    spare: 'exit',
    close: 'with too little time',
    retry: 0,
    ran: ['ERR_WORKER_CRASHED', 'ERR_POOL_CLOSED'],
    waited: ['ERR_POOL_CLOSED', 'fulfilled'],
    killed: [0, 1],
  },
];

interface Outcomes {
  readonly ran: string;
  readonly waited: readonly string[];
  readonly report: CloseReport;
  /** How often each of the accepted tasks settled. */
  readonly settled: readonly number[];
}

/** Milliseconds: longer than from the start of a task to the next line here, shorter than the main loop is blocked. */
const RUN_LIMIT = 100;

/** Undefined if the machine stood still until the task's time was over, before the story began. */
async function play({ runner, spare, close, retry }: Story): Promise<Outcomes | undefined> {
  const words = new Int32Array(new SharedArrayBuffer(12));
  const options: PoolOptions = {
    filename: DOOMED,
    threads: 1,
    spares: 1,
    maxQueue: WAITING.length,
    retry,
    timeout: { run: runner === 'hang' ? RUN_LIMIT : 30_000 },
    closeTimeout: close === 'with too little time' ? 20 : 30_000,
    workerData: { words, spare },
  };
  const pool = new Pool(options);
  await whenSpareIsThere(pool);
  const settled = [0, ...WAITING.map(() => 0)];
  const note = (index: number, run: Promise<unknown>): Promise<string> =>
    run.then(
      () => {
        settled[index]!++;
        return 'fulfilled';
      },
      (error: { code: string }) => {
        settled[index]!++;
        return error.code;
      },
    );
  let ran: Promise<string> | undefined;
  await new Promise<void>((resolve) => {
    ran = note(0, pool.run(runner, { name: 'dieInTime', onProgress: () => resolve() }));
  });
  const waited = WAITING.map((n) => note(n, pool.run(n)));
  await assert.rejects(pool.run(5), { code: 'ERR_QUEUE_FULL' });
  if (pool.stats().open <= WAITING.length) {
    await pool.close({ force: true });
    return undefined;
  }
  const closing = pool.close({ force: close === 'by force' });
  Atomics.store(words, 0, 1);
  Atomics.notify(words, 0);
  // A thread that was stopped by force may be gone before it has heard of anything.
  block(runner === 'hang' ? 1.5 * RUN_LIMIT : 40, () => close === 'by force' || Atomics.load(words, 2) === 2);
  await assert.rejects(pool.run(6), { code: 'ERR_POOL_CLOSED' });
  const [report, first, others] = await Promise.all([closing, ran!, Promise.all(waited)]);
  const { accepted, fulfilled, rejected, open, queued, running, threads, health } = pool.stats();
  assert.deepEqual({ accepted, settled: fulfilled + rejected, open, queued, running, health }, { ...NOTHING_OPEN });
  assert.deepEqual(Object.values(threads), [0, 0, 0, 0, 0, 0, 0], 'no thread is left in any state');
  return { ran: first, waited: others, report, settled };
}

const NOTHING_OPEN = { accepted: 1 + WAITING.length, settled: 1 + WAITING.length, open: 0, queued: 0, running: 0, health: 'closed' };

async function whenSpareIsThere(pool: Pool): Promise<void> {
  const alive = setInterval(() => {}, 60_000);
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (pool.stats().threads.spare === 1 && pool.stats().threads.ready === 1) resolve();
    };
    pool.on('workerStart', look);
    look();
  });
  clearInterval(alive);
}

/** Gently with a retry and after a hang, by force, and with too little time. */
const KEPT = new Set([STORIES[0], STORIES[3], STORIES[5], STORIES[7]]);

for (const story of STORIES) {
  const { runner, spare, close, retry } = story;
  const kept = KEPT.has(story) ? test : further;
  kept(`the task's thread: ${runner}, the spare: ${spare}, in one instant; closed ${close}; ${retry} retries`, async () => {
    const before = resources();
    let told = await play(story);
    while (told === undefined) told = await play(story);
    const { ran, waited, report, settled } = told;
    assert.ok(story.ran.includes(ran), `the task that ran: Expected ${story.ran.join(' or ')}. Got ${ran}.`);
    for (const outcome of waited) assert.ok(story.waited.includes(outcome), `Expected ${story.waited.join(' or ')}. Got ${outcome}.`);
    assert.deepEqual(settled, [1, 1, 1, 1, 1], 'each exactly once');
    const dropped = [ran, ...waited].filter((outcome) => outcome === 'ERR_POOL_CLOSED').length;
    assert.deepEqual({ completed: report.completed, dropped: report.dropped }, { completed: 1 + WAITING.length - dropped, dropped });
    assert.ok(story.killed.includes(report.killed), `killed: Expected ${story.killed.join(' or ')}. Got ${report.killed}.`);
    await nothingLeft(before);
    await mainIsUnharmed();
  });
}

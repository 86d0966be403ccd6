import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Pool, PoolOptions } from '../../src/index.ts';
import { context } from '../../src/thread/worker.ts';
import type * as Tasks from '../fixtures/context-tasks.ts';
import { further, oneIn } from '../soak.ts';
import { failure, open } from './stage.ts';

const TASKS: URL = new URL('../fixtures/context-tasks.js', import.meta.url);

function poolOf(t: TestContext, options: Partial<PoolOptions> = {}): Pool<typeof Tasks> {
  return open(t, { filename: TASKS, name: 'fields', ...options }) as unknown as Pool<typeof Tasks>;
}

test('a task knows its number, which attempt it is, and that nobody has given it up', async (t) => {
  const pool = poolOf(t, { timeout: Number.POSITIVE_INFINITY, spares: 0 });
  const known = await Promise.all([1, 2, 3].map(() => pool.run(undefined, { name: 'fieldsLater' })));
  const same = { attempt: 1, replica: 0, aborted: false, deadline: Number.POSITIVE_INFINITY, signal: false };
  assert.deepEqual(
    known,
    [1, 2, 3].map((taskId) => ({ taskId, ...same })),
  );
  assert.equal(await pool.run(undefined, { name: 'crashesTwice', retry: { minTimeout: 0 } }), 3);
});

test('copies of a task know which of them they are', async (t) => {
  const pool = poolOf(t, { threads: 2, spares: 0 });
  const seen: unknown[] = [];
  const equal = (a: { replica: number }, b: { replica: number }): boolean => {
    seen.push(a.replica, b.replica);
    return true;
  };
  const given = { name: 'fields', redundancy: { replicas: 2, quorum: 2, equal } } as const;
  await pool.run(undefined, given);
  assert.deepEqual([...new Set(seen)].sort(), [0, 1]);
});

test('a task knows when it will be given up: after its run time, or its total time if that is sooner', async (t) => {
  const pool = poolOf(t, { timeout: 60_000, spares: 0 });
  const about = async (timeout: PoolOptions['timeout'], ms: number): Promise<void> => {
    const before = Date.now();
    const { deadline } = await pool.run(undefined, timeout === undefined ? { name: 'fields' } : { name: 'fields', timeout });
    const after = Date.now();
    // Wall clocks may be set by a little meanwhile; the times asked for are further apart.
    assert.ok(deadline > before + ms - 1_000 && deadline < after + ms + 1_000, `${deadline - before} ms from acceptance, not about ${ms}`);
  };
  await about(undefined, 60_000);
  await about(600_000, 600_000);
  await about({ run: 600_000, total: 300_000 }, 300_000);
  await about({ run: 150_000, total: 300_000 }, 150_000);
});

test('outside of a task there is no context, and it says so', () => {
  assert.throws(context, /outside of a task/);
});

test('progress arrives in order, before the result, and as a copy; what cannot be cloned is an error of the caller in the task', async (t) => {
  const pool = poolOf(t, { spares: 0 });
  const values = [1, null, undefined, { deep: [new Date(0)] }, 'end'];
  const heard: unknown[] = [];
  const onProgress = (value: unknown): void => void heard.push(value);
  assert.equal(await pool.run(values, { name: 'progressOfAll', onProgress }), 5);
  assert.deepEqual(heard, values);
  assert.equal(await pool.run(undefined, { name: 'progressOfFunction', onProgress }), 'DataCloneError');
});

type Waits = 'spinUntilAborted' | 'waitUntilAborted' | 'spinRegardless';

/** A task that runs, the thread it runs on, and the thread that serves after it was given up. */
async function givenUp(pool: Pool<typeof Tasks>, name: Waits, how: 'by its caller' | 'by its time-out'): Promise<[string, boolean]> {
  const before = await pool.run(undefined, { name: 'threadId' });
  const controller = new AbortController();
  const onProgress = (): void => (how === 'by its caller' ? controller.abort() : undefined);
  const timeout = how === 'by its time-out' ? 15 : 60_000;
  const { code } = await failure(pool.run(undefined, { name, signal: controller.signal, onProgress, timeout, retry: false }));
  return [code!, (await pool.run(undefined, { name: 'threadId' })) === before];
}

const CODES = { 'by its caller': 'ERR_TASK_ABORTED', 'by its time-out': 'ERR_TASK_TIMEOUT' } as const;
const some = oneIn(4, import.meta.url);
for (const how of ['by its caller', 'by its time-out'] as const) {
  for (const name of ['spinUntilAborted', 'waitUntilAborted'] as const) {
    some(`given up ${how}, a task that obeys keeps its thread: ${name}`, async (t) => {
      const pool = poolOf(t, { abortGrace: 60_000 });
      assert.deepEqual(await givenUp(pool, name, how), [CODES[how], true]);
    });
  }
  some(`given up ${how}, a task that does not obey loses its thread when its grace is over`, async (t) => {
    const pool = poolOf(t, { abortGrace: 15 });
    assert.deepEqual(await givenUp(pool, 'spinRegardless', how), [CODES[how], false]);
  });
  some(`given up ${how}, without grace even a task that would obey loses its thread`, async (t) => {
    const pool = poolOf(t);
    assert.deepEqual(await givenUp(pool, 'waitUntilAborted', how), [CODES[how], false]);
  });
}

further('what a task finds does not depend on the clock of the machine, set ahead or back', async (t) => {
  const pool = poolOf(t, { timeout: 60_000, spares: 0 });
  for (const hours of [1, -1]) assert.equal(await pool.run(hours * 3_600_000, { name: 'search' }), 1_000_000);
  const wall = Date.now;
  Date.now = () => wall() + 3_600_000;
  t.after(() => {
    Date.now = wall;
  });
  assert.equal(await pool.run(0, { name: 'search' }), 1_000_000);
});

import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { getEventListeners } from 'node:events';
import type { BatchError } from '../../src/batch/errors.ts';
import { seeded } from '../../src/core/random.ts';
import { oneIn, SOAK } from '../soak.ts';
import { assertSameOutcome, outcomeOf, resumeToEnd, smallInput, smallTask } from './crash-stories.ts';
import { type Ending, World } from './world.ts';

const test = oneIn(3, import.meta.url);

const FILES = ['/out.ndjson', '/out.failed.ndjson'] as const;
const { text, tasks } = smallInput(80);

function errorOf(ending: Ending): BatchError {
  assert.equal(ending.how, 'failed');
  return (ending as Ending & { how: 'failed' }).error as BatchError;
}

test('a disk that is full at any byte stops the job with a clear error, and nothing is lost once there is room', async (t) => {
  const seed = randomInt(2 ** 31);
  t.diagnostic(`seed ${seed}`);
  const random = seeded(seed);
  const calm = new World(random, smallTask, text);
  await calm.run({});
  const expected = outcomeOf(calm, tasks, ...FILES);
  const needed = FILES.reduce((sum, path) => sum + calm.disk.get(path)!.length, 0);
  let stopped = 0;
  for (let room = 0; room < needed; room += 1 + Math.floor(random() * (SOAK ? 700 : 1_400))) {
    for (const sync of ['always', 'never'] as const) {
      const world = new World(random, smallTask, text);
      const taken = world.disk.paths.reduce((sum, path) => sum + world.disk.get(path)!.length, 0);
      world.disk.capacity = taken + room;
      const ending = await world.run({ sync });
      if (ending.how === 'ended') {
        // Dead letters hold stacks, whose length differs from run to run: this one had room.
        assert.ok(room > 0.75 * needed, `${room} bytes were room enough for about ${needed}`);
        assertSameOutcome(outcomeOf(world, tasks, ...FILES), expected, false);
        continue;
      }
      const { code, message, phase } = errorOf(ending);
      assert.equal(code, 'ERR_BATCH_DISK_FULL');
      assert.match(message, /^\S+: no space is left on the device\. Free some, then (try again|resume)\.$/);
      if (phase === 'during') stopped++;
      assert.deepEqual(
        world.disk.paths.filter((path) => path.endsWith('.new')),
        [],
        'no draft is left behind',
      );
      world.disk.capacity = Number.POSITIVE_INFINITY;
      await resumeToEnd(world, { sync }, random, false);
      assertSameOutcome(outcomeOf(world, tasks, ...FILES), expected, false);
    }
  }
  t.diagnostic(`${stopped} jobs stopped half way`);
  assert.ok(stopped > 0);
});

test('an error of any system call, with a power cut behind it, stops the job and can be resumed', async (t) => {
  const seed = randomInt(2 ** 31);
  t.diagnostic(`seed ${seed}`);
  const random = seeded(seed);
  const calm = new World(random, smallTask, text);
  const { calls } = await calm.run({ sync: 30 });
  const expected = outcomeOf(calm, tasks, ...FILES);
  for (let call = 1; call <= calls; call += 1 + Math.floor(random() * (SOAK ? 3 : 9))) {
    const world = new World(random, smallTask, text);
    const ending = await world.run({ sync: 30 }, { failAt: { call, code: 'EIO' } });
    if (ending.how === 'failed') assert.match(errorOf(ending).code, /^ERR_BATCH_(OUTPUT|INPUT|TASK)$/);
    world.disk.cutPower();
    await resumeToEnd(world, { sync: 30 }, random, true);
    assertSameOutcome(outcomeOf(world, tasks, ...FILES), expected, false);
  }
});

test('a second run on the same output is refused while one is alive, also if it writes the dead letters only', async () => {
  const world = new World(seeded(1), smallTask, text);
  const stuck = (async function* () {
    yield Buffer.from('{"n":1}\n');
    // The first run waits for its input here; meanwhile others try.
    for (const out of [{}, { out: '/other.ndjson', failed: '/out.failed.ndjson' }]) {
      const ending = await world.run({ input: '-', resume: true, ...out });
      assert.equal(errorOf(ending).code, 'ERR_BATCH_LOCKED');
      assert.match(errorOf(ending).message, /held by process 101 on here/);
    }
  })();
  const first = await world.run({ input: '-' }, {}, stuck);
  assert.equal(first.how, 'ended');
  assert.ok(!world.disk.paths.some((path) => path.includes('.lock')), world.disk.paths.join());
});

test('a signal drains: what has begun is recorded, and resume runs the rest', async () => {
  const stop = new AbortController();
  let begun = 0;
  const task = (value: unknown) => {
    if (++begun === 10) stop.abort();
    return smallTask(value);
  };
  const world = new World(seeded(4), task, text);
  const ending = await world.run({ signal: stop.signal });
  assert.equal(ending.how, 'ended');
  const { outcome, done, failed, open } = (ending as Ending & { how: 'ended' }).summary;
  assert.equal(outcome, 'interrupted');
  assert.equal(open, 0);
  assert.ok(done + failed >= 10 && done + failed < tasks);
  await world.run({ resume: true });
  outcomeOf(world, tasks, ...FILES);
});

test('a signal that many jobs share is let go of when a job has ended', async () => {
  const { signal } = new AbortController();
  const world = new World(seeded(5), smallTask, text);
  assert.equal((await world.run({ signal })).how, 'ended');
  assert.deepEqual(getEventListeners(signal, 'abort'), []);
});

test('a signal ends a job that waits for its input', async () => {
  const stop = new AbortController();
  const world = new World(seeded(4), smallTask, text);
  const silent = (async function* () {
    yield Buffer.from('{"n":1}\n{"n":');
    setImmediate(() => stop.abort());
    await new Promise(() => {});
  })();
  const ending = await world.run({ input: '-', signal: stop.signal }, {}, silent);
  assert.equal((ending as Ending & { how: 'ended' }).summary?.outcome, 'interrupted');
  outcomeOf(world, 1, ...FILES);
});

test('a pool that gives up stops the job; its lines are no dead letters', async () => {
  let calls = 0;
  const task = (value: unknown) => {
    if (++calls > 20) throw Object.assign(new Error('the module does not load'), { code: 'ERR_POOL_FAILED' });
    return smallTask(value);
  };
  const world = new World(seeded(5), task, text);
  const error = errorOf(await world.run({}));
  assert.equal(error.code, 'ERR_BATCH_POOL');
  assert.match(error.message, /the module does not load/);
  calls = Number.NEGATIVE_INFINITY;
  await world.run({ resume: true });
  const { failed } = outcomeOf(world, tasks, ...FILES);
  assert.ok(!failed.join().includes('does not load'));
});

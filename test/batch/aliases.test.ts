import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BatchError } from '../../src/batch/errors.ts';
import { seeded } from '../../src/core/random.ts';
import { outcomeOf, smallInput, smallTask } from './crash-stories.ts';
import { type Ending, World, type WorldOptions } from './world.ts';

const FILES = ['/out.ndjson', '/out.failed.ndjson'] as const;
const { text, tasks } = smallInput(40);

const errorOf = (ending: Ending): BatchError => {
  assert.equal(ending.how, 'failed');
  return (ending as Ending & { how: 'failed' }).error as BatchError;
};

/** Begins a job that waits for its input, and has others try meanwhile. */
async function whileRunning(world: World, others: () => Promise<void>): Promise<void> {
  const stuck = (async function* () {
    yield Buffer.from('{"n":1}\n');
    await others();
  })();
  assert.equal((await world.run({ input: '-' }, {}, stuck)).how, 'ended');
}

test('two runs that know one output by two names never write it both', async () => {
  const world = new World(seeded(1), smallTask, text);
  for (const path of FILES) world.disk.put(path, '');
  world.disk.symlink('/link.ndjson', '/out.ndjson');
  world.disk.hardLink('/out.ndjson', '/hard.ndjson');
  await whileRunning(world, async () => {
    for (const out of ['/link.ndjson', '/hard.ndjson']) {
      const { code, message } = errorOf(await world.run({ out, failed: `${out}.failed` }));
      assert.equal(code, 'ERR_BATCH_LOCKED', out);
      assert.match(message, out === '/hard.ndjson' ? /the kernel says so/ : /held by process 101/);
    }
  });
  outcomeOf(world, 1, ...FILES);
});

test('through a link to what is not there yet, the results and what belongs to them lie where it leads', async () => {
  const world = new World(seeded(1), smallTask, text);
  world.disk.symlink('/link.ndjson', '/real.ndjson');
  const options = { out: '/link.ndjson', failed: '/failed.ndjson' };
  assert.equal((await world.run(options)).how, 'ended');
  outcomeOf(world, tasks, '/real.ndjson', '/failed.ndjson');
  assert.ok(world.disk.get('/real.ndjson.job') !== undefined);
  const again = await world.run({ ...options, out: '/real.ndjson', resume: true });
  assert.deepEqual([again.how, again.pool?.ran], ['ended', []]);
});

test('paths of one job that lead to one file are refused before anything is made', async () => {
  const calls: [options: WorldOptions, message: RegExp][] = [
    [{ failed: '/out.ndjson' }, /^failed: expected a file of its own, got \/out\.ndjson, which is also out\.$/],
    [{ failed: '/to-out' }, /which is also out\.$/],
    [{ failed: '/twin' }, /which is also out\.$/],
    [{ failed: '/out.ndjson.job' }, /which is also the job file\.$/],
    [{ failed: '/out.ndjson.lock' }, /which is also a lock of this job\.$/],
    [{ out: '/to-in' }, /\/in\.ndjson is an input of this job/],
    [{ failed: '/task-link', overwrite: true }, /which is also the task module\.$/],
  ];
  for (const [options, message] of calls) {
    const world = new World(seeded(1), smallTask, text);
    world.disk.symlink('/to-out', '/out.ndjson');
    world.disk.symlink('/to-in', '/in.ndjson');
    world.disk.symlink('/task-link', '/task.js');
    world.disk.put('/out.ndjson', '');
    world.disk.hardLink('/out.ndjson', '/twin');
    const before = world.disk.paths;
    const error = errorOf(await world.run(options));
    assert.equal(error.code, 'ERR_BATCH_OPTION');
    assert.match(error.message, message);
    assert.deepEqual(world.disk.paths, before);
  }
});

test('a link where the draft of the job file will be is not followed', async () => {
  const world = new World(seeded(1), smallTask, text);
  world.disk.put('/precious', 'precious');
  for (const draft of ['/out.ndjson.job.new', '/out.ndjson.lock.new']) world.disk.symlink(draft, '/precious');
  assert.equal((await world.run({})).how, 'ended');
  assert.equal(world.disk.get('/precious')!.toString(), 'precious');
});

test('a run whose lock was taken away stops before it writes again', async () => {
  const world = new World(seeded(1), smallTask, text);
  const stuck = (async function* () {
    yield Buffer.from('{"n":1}\n');
    world.disk.remove('/out.ndjson.lock');
    yield Buffer.from('{"n":3}\n');
  })();
  const { code, phase } = errorOf(await world.run({ input: '-' }, {}, stuck));
  assert.deepEqual([code, phase], ['ERR_BATCH_LOCKED', 'during']);
});

test('where no lock sees through a hard link, two runs that write one file notice it, and none says that all is done', async () => {
  const world = new World(seeded(1), smallTask, text);
  world.disk.kernelLocks = false;
  for (const path of FILES) world.disk.put(path, '');
  world.disk.hardLink('/out.ndjson', '/hard.ndjson');
  let other: Ending | undefined;
  const stuck = (async function* () {
    yield Buffer.from('{"n":1}\n');
    other = await world.run({ out: '/hard.ndjson', failed: '/other.failed.ndjson', overwrite: true });
    yield Buffer.from('{"n":3}\n');
  })();
  const { code, phase, message } = errorOf(await world.run({ input: '-', sync: 'always' }, {}, stuck));
  assert.deepEqual([code, phase], ['ERR_BATCH_LOCKED', 'during']);
  assert.match(message, /^\/out\.ndjson has \d+ bytes, and this run has written \d+: another program writes it too/);
  assert.equal(other!.how, 'ended', 'it threw away what was there, and was alone from then on');
  const records = world.disk.get('/hard.ndjson')!.toString().split('\n').slice(0, -1);
  assert.equal(records.length, (other as Ending & { how: 'ended' }).summary.done);
});

for (const [what, strike] of [
  ['adds to', (world) => world.disk.grow('/out.ndjson', 'more')],
  ['replaces', (world) => world.disk.put('/out.ndjson', '')],
  ['removes', (world) => world.disk.remove('/out.ndjson')],
] satisfies [what: string, strike: (world: World) => void][]) {
  test(`an output that another program ${what} while a run writes it is not written any more, and the job does not say that all is done`, async () => {
    for (const sync of ['always', 'never'] as const) {
      const world = new World(seeded(1), smallTask, text);
      const stuck = (async function* () {
        yield Buffer.from('{"n":1}\n');
        await new Promise((resolve) => setImmediate(resolve));
        strike(world);
      })();
      const { code, phase } = errorOf(await world.run({ input: '-', sync }, {}, stuck));
      assert.deepEqual([code, phase], ['ERR_BATCH_LOCKED', 'during']);
    }
  });
}

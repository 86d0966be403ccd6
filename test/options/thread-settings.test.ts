import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { systemClock } from '../../src/core/time/system-clock.ts';
import type { Exit } from '../../src/executors/executor.ts';
import { ThreadExecutor } from '../../src/executors/threads/thread-executor.ts';
import { Pool, type PoolOptions } from '../../src/index.ts';
import { resolveOptions } from '../../src/options/pool-options.ts';
import { nothingLeft, resources } from '../stories/stage.ts';

const filename = new URL('../fixtures/misdeeds/misdeeds.js', import.meta.url);
const trap = {
  get value(): never {
    throw new Error('in a getter');
  },
};

/** What Node would refuse only when it starts a thread. */
const REFUSED: Record<string, Partial<PoolOptions>> = {
  'workerData: a function': { workerData: () => {} },
  'workerData: a getter that throws': { workerData: trap },
  'workerData: shared memory for another process': { isolation: 'process', workerData: new SharedArrayBuffer(8) },
  'execArgv: a flag that nobody knows': { execArgv: ['--no-such-flag'] },
  'execArgv: a flag for the whole process': { execArgv: ['--max-old-space-size=100'] },
  'env: bad flags': { env: { NODE_OPTIONS: '--no-such-flag' } },
  'execArgv: a flag that nobody knows, in a cell': { isolation: 'process', execArgv: ['--no-such-flag'] },
  'execArgv: the same where cells are made later': { isolation: 'escalate', execArgv: ['--no-such-flag'] },
  'env: bad flags in a cell': { isolation: 'process', env: { NODE_OPTIONS: '--no-such-flag' } },
  'execPath: nothing': { isolation: 'process', execPath: '' },
  'env: no text': { env: { PORT: 80 as never } },
  'filename: a host': { filename: 'file://host/task.js' },
  'filename: half an escape': { filename: 'file:///%zz.js' },
  'filename: no file': { filename: new URL('http://localhost/task.js') },
  'restart: a longest delay below the shortest': { restart: { minTimeout: 100, maxTimeout: 99 } },
};

test('what no thread would take is refused by the constructor, and leaves nothing, not even in a register that others use', async () => {
  const before = resources();
  const register = new Registry();
  for (const [what, options] of Object.entries(REFUSED)) {
    const build = (): Pool => new Pool({ filename, threads: 1, metrics: { register, labels: { pool: 'one' } }, ...options });
    assert.throws(build, { code: 'ERR_INVALID_OPTION', message: /: Expected .+\. Got .+/s }, what);
    assert.equal(await register.metrics(), '\n', what);
  }
  await nothingLeft(before);
});

test('a getter among the options is asked once', () => {
  let asked = 0;
  const options = {
    filename,
    get threads() {
      return ++asked;
    },
  };
  assert.equal(resolveOptions(options).threads.max, 1);
});

test('a variable that is undefined is not set, and all threads get those of the beginning', async () => {
  const variables: Record<string, string | undefined> = { GIVEN: 'yes', NOT_GIVEN: undefined };
  const { env } = resolveOptions({ filename, env: variables });
  variables.GIVEN = 'no';
  assert.deepEqual(env, { GIVEN: 'yes' });
});

test('a thread that the system refuses to start dies at once with the reason; nothing is thrown, and nothing left', async () => {
  const before = resources();
  // No machine has memory for such a stack. The constructor of a pool would refuse it; here it stands for a system that has too many threads.
  const options = { ...resolveOptions({ filename }), resourceLimits: { stackSizeMb: 1e8 } };
  const executor = new ThreadExecutor(options, systemClock);
  const exit = await new Promise<Exit>((exited) => executor.start({ exited } as never));
  assert.equal(exit.cause, 'startup');
  assert.equal((exit.error as { code?: string }).code, 'ERR_WORKER_INIT_FAILED');
  await nothingLeft(before);
});

test('a thread that begins in a microtask has no number before, and none at all if it is terminated before', async () => {
  const before = resources();
  const executor = new ThreadExecutor(resolveOptions({ filename }), systemClock, { later: true });
  const exit = new Promise<Exit>((exited) => {
    const thread = executor.start({ exited } as never);
    assert.equal(thread.threadId, -1);
    thread.terminate();
  });
  assert.deepEqual(await exit, { cause: 'startup', exitCode: undefined, error: undefined, blame: { of: 'running' } });
  await nothingLeft(before);
});

test('one that cannot be begun in that microtask dies with the reason; nothing is thrown, and nothing left', async (t) => {
  const before = resources();
  const executor = new ThreadExecutor(resolveOptions({ filename }), systemClock, { later: true });
  const reason = new Error('no stream for what it prints');
  const stdout = t.mock.getter(process, 'stdout', () => {
    throw reason;
  });
  const exit = await new Promise<Exit>((exited) => executor.start({ exited } as never));
  stdout.mock.restore();
  assert.equal(exit.cause, 'startup');
  assert.equal(exit.error, reason);
  await nothingLeft(before);
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import * as Original from 'piscina';
import * as entry from '../../../src/adapters/piscina/index.ts';
import { Piscina, type PiscinaOptions } from '../../../src/adapters/piscina/index.ts';
import { filename } from './programs.ts';

/** What a row of the table promises. */
export interface Row {
  /** Programs that see the same with Piscina and here. */
  readonly same?: readonly string[];
  /** What is better, or refused. */
  readonly here?: () => Promise<void> | void;
}

const OWN: Readonly<Record<string, unknown>> = { ...entry };
const THEIRS: Readonly<Record<string, unknown>> = { ...Original };
const one = { filename, minThreads: 1, maxThreads: 1 };
export const edges: string = fileURLToPath(new URL('../../fixtures/piscina/piscina-edges.js', import.meta.url));
const moves = fileURLToPath(new URL('../../fixtures/piscina/piscina-moves.js', import.meta.url));

/** A pool that is gone at the end of the test, whatever comes. */
export async function using<R>(options: PiscinaOptions, use: (pool: Piscina) => Promise<R>): Promise<R> {
  const pool = new Piscina(options);
  try {
    return await use(pool);
  } finally {
    await pool.destroy();
  }
}

const refusal = (options: object, reason: RegExp) => (): void =>
  assert.throws(() => new Piscina({ filename, ...options }), { code: 'ERR_INVALID_OPTION', message: reason });

/** By the first cell of each row, as it stands in the guide. */
export const OPTION_ROWS: Readonly<Record<string, Row>> = {
  '`filename`, `name`': {
    same: [
      'results of default and named exports',
      'the export that the pool names',
      'a module that the task names, in a pool without one',
      'options that are inherited, as by a prototype that somebody has changed, are not taken',
    ],
  },
  '`minThreads`, `maxThreads`': {
    same: ['threads as tasks come, up to maxThreads', 'threads are counted in the turn that needs them'],
  },
  '`idleTimeout`': {
    here: () =>
      using({ filename, minThreads: 0, maxThreads: 1 }, async (pool) => {
        let begun = 0;
        pool.on('workerCreate', () => begun++);
        for (const n of [1, 2, 3]) await pool.run({ n });
        const timer = setInterval(() => {}, 1_000); // An idle pool does not keep the program alive.
        await once(pool, 'workerDestroy');
        clearInterval(timer);
        assert.equal(begun, 1);
      }),
  },
  "`maxQueue`, `'auto'`": {
    same: ['a queue that is full', 'maxQueue auto'],
    here: () =>
      using({ ...one, maxQueue: 0 }, async (pool) => {
        const { signal } = new AbortController();
        const first = pool.run(null, { name: 'count', filename: edges });
        await assert.rejects(pool.run(null, { name: 'count', filename: edges, signal }), { code: 'ERR_QUEUE_FULL' });
        assert.deepEqual([await first, await pool.run(null, { name: 'count', filename: edges })], [1, 2]);
      }),
  },
  '`concurrentTasksPerWorker`': {
    here: () =>
      using({ ...one, concurrentTasksPerWorker: 2 }, async (pool) => {
        const [kept] = await Promise.all([
          pool.run(30, { name: 'pass' }),
          assert.rejects(pool.run(null, { name: 'exit' }), { code: 'ERR_WORKER_CRASHED' }),
        ]);
        assert.equal(kept, 30);
      }),
  },
  '`atomics`': {
    here: () =>
      using({ ...one, atomics: 'sync' }, async (pool) => {
        const told = once(pool, 'message');
        await pool.run('later', { name: 'postLater' });
        const timer = setInterval(() => {}, 1_000);
        assert.deepEqual(await told, ['later']);
        clearInterval(timer);
      }),
  },
  '`resourceLimits`, `env`, `argv`, `execArgv`, `workerData`': {
    same: ['memory limits', 'workerData, env and argv', 'argv is stringified, env may be null'],
  },
  '`taskQueue`': { same: ['a queue of the caller decides who is next, by what stands on the task'] },
  '`closeTimeout`': { same: ['closeTimeout ends what still runs'] },
  '`recordTiming`': { same: ['recordTiming: false'] },
  '`stricterFIFO`': {
    here: () =>
      using({ ...one, stricterFIFO: false }, async (pool) => {
        const order: number[] = [];
        const add = (n: number): Promise<unknown> => pool.run({ n }, { name: 'later' }).then((value: number) => order.push(value));
        await Promise.all([1, 2, 3, 4, 5].map(add));
        assert.deepEqual(order, [1, 2, 3, 4, 5]);
      }),
  },
  '`loadBalancer`, `workerHistogram`': {
    here: () => {
      refusal({ loadBalancer: (_task: unknown, _workers: unknown) => null }, /the pool places tasks/)();
      refusal({ workerHistogram: true }, /only a load balancer sees it/)();
    },
  },
  '`niceIncrement` above 0': { here: refusal({ niceIncrement: 5 }, /native code in every thread/) },
  '`trackUnmanagedFds: false`': { here: refusal({ trackUnmanagedFds: false }, /closed when its thread ends/) },
  'what only tinypool has': {
    here: async () => {
      for (const options of [
        { isolateWorkers: true },
        { maxMemoryLimitBeforeRecycle: 1e6 },
        { runtime: 'child_process' },
        { teardown: 'end' },
      ])
        refusal(options, /it is tinypool's/)();
      await new Piscina(Object.assign({ minThreads: 0, unknown: 1 }, { filename })).destroy();
    },
  },
  '`maxThreads: NaN`, `recordTiming: 1`, `new Piscina(null)` and the like': {
    here: () => {
      refusal({ maxThreads: Number.NaN }, /options\.maxThreads must be a positive integer\. Got NaN/)();
      refusal({ recordTiming: 1 }, /options\.recordTiming must be a boolean\. Got 1/)();
      assert.throws(() => new Piscina(null as never), { code: 'ERR_INVALID_OPTION', message: /options must be an object\. Got null/ });
    },
  },
};

export const MEMBER_ROWS: Readonly<Record<string, Row>> = {
  '`run(task, { filename, name, signal, transferList })`': {
    same: ['abort: while it waits, while it runs, before', 'abort by an event emitter', 'what is transferred is gone here'],
  },
  '`close()`, `close({ force })`': {
    same: [
      'close lets running and waiting tasks end, says so, and leaves no thread',
      'run while it closes',
      'close by force drops what waits',
    ],
    here: () =>
      using({ filename, minThreads: 3, maxThreads: 3 }, async (pool) => {
        const runs = [30, 20, 10].map((ms) => pool.run(ms, { name: 'pass' }));
        await pool.close();
        assert.deepEqual(await Promise.all(runs), [30, 20, 10]);
      }),
  },
  '`destroy()`': {
    same: ['destroy rejects everything, and leaves no thread'],
    here: async () => {
      const pool = new Piscina(one);
      await pool.destroy();
      await assert.rejects(pool.run({ n: 1 }), { code: 'ERR_POOL_CLOSED', message: 'Terminating worker thread' });
      assert.deepEqual(pool.threads, []);
    },
  },
  '`Symbol.dispose`, `Symbol.asyncDispose`': { same: ['it is disposed of'] },
  '`options`, `minThreads`, `maxThreads`, `queueSize`, `completed`, `duration`, `utilization`, `needsDrain`, `idleThreads`': {
    same: ['completed, duration and utilization', 'what it is by its properties'],
  },
  '`histogram`': { same: ['the histograms'] },
  '`threads`': {
    here: () =>
      using(one, async (pool) => {
        await pool.run({ n: 1 });
        const [thread] = pool.threads;
        assert.deepEqual([pool.threads.length, thread!.threadId > 0, thread!.currentUsage, thread!.terminating], [1, true, 0, false]);
        for (const name of ['postMessage', 'terminate', 'on'] as const)
          assert.throws(() => thread![name](), /the pool may replace a thread at any moment/);
      }),
  },
  'events `drain`, `needsDrain`, `close`, `workerCreate`, `workerDestroy`': {
    same: ['drain and needsDrain', 'threads that come and go are told'],
  },
  'event `error`': {
    here: () =>
      using({ ...one, filename: edges }, async (pool) => {
        const timer = setInterval(() => {}, 1_000);
        const told = new Promise((resolve) => pool.once('error', resolve));
        await pool.run(null, { name: 'leaveError' });
        assert.match(String(await told), /left behind/);
        clearInterval(timer);
        // Nobody listens now.
        await pool.run(null, { name: 'leaveError' });
        assert.equal(await pool.run(null, { name: 'fine' }), 'fine');
      }),
  },
  'event `message`': { same: ['a message that a task posts on its parentPort'] },
  '`runTask`, `runTime`, `waitTime`': { same: ['what is gone is gone'] },
  '`move`, `transferableSymbol`, `valueSymbol`, `queueOptionsSymbol`': {
    here: () =>
      using({ filename: moves, minThreads: 1, maxThreads: 1 }, async (pool) => {
        for (const name of ['transferableSymbol', 'valueSymbol', 'queueOptionsSymbol'] as const) assert.equal(OWN[name], THEIRS[name]);
        assert.deepEqual(await pool.run(null, { name: 'nested' }), { a: new Uint8Array(3).fill(1), b: { c: new Uint8Array(4).fill(2) } });
        const view = new Uint8Array(2);
        assert.deepEqual([await pool.run(entry.move(view), { filename, name: 'lengthOf' }), view.byteLength], [2, 0]);
      }),
  },
  '`isWorkerThread`, `workerData`, `FixedQueue`, `ArrayTaskQueue`, `Piscina`, `default`': {
    here: () =>
      using({ filename: moves, minThreads: 1, maxThreads: 1, workerData: { seed: 4 } }, async (pool) => {
        assert.deepEqual(await pool.run(null, { name: 'where' }), {
          isWorkerThread: true,
          static: true,
          workerData: { seed: 4 },
          same: true,
        });
        for (const name of ['isWorkerThread', 'workerData'] as const) assert.equal(OWN[name], THEIRS[name]);
        for (const name of ['FixedQueue', 'ArrayTaskQueue', 'Piscina', 'default'] as const)
          assert.equal(typeof OWN[name], 'function', name);
      }),
  },
  '`isMovable`': {
    here: () => {
      const buffer = new ArrayBuffer(1);
      assert.deepEqual([entry.isMovable(buffer), entry.isMovable(entry.move(buffer)), entry.isMovable(null)], [false, true, false]);
    },
  },
  '`version`': { here: () => assert.equal(entry.version, Original.version) },
};

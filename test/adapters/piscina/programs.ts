import { EventEmitter, once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Piscina } from '../../../src/adapters/piscina/index.ts';
import { HoldfastError } from '../../../src/index.ts';

/** What both are: the constructor of a pool. */
export type Pools = typeof Piscina;
/** A small program, and what it sees as plain data. */
export type Program = (Pools: Pools) => Promise<unknown>;

export const filename = fileURLToPath(new URL('../../fixtures/piscina/piscina-tasks.js', import.meta.url));
const one = { filename, minThreads: 1, maxThreads: 1 };

/** How a promise ended, as far as a program for Piscina can tell. */
export async function outcome(promise: Promise<unknown>): Promise<unknown> {
  try {
    return { value: await promise };
  } catch (error) {
    const { name, message } = error as Error;
    // Those of the pool have classes of their own here, and no more than a text there.
    const isPools = error instanceof HoldfastError && name !== 'AbortError';
    return { name: isPools ? 'Error' : name, message };
  }
}

export const PROGRAMS: Readonly<Record<string, Program>> = {
  'results of default and named exports': async (Pools) => {
    const pool = new Pools(one);
    const results = [await pool.run({ n: 2 }), await pool.run({ n: 3 }, { name: 'later' })];
    await pool.destroy();
    return results;
  },
  'the export that the pool names': async (Pools) => {
    const pool = new Pools({ ...one, name: 'later' });
    const result = await pool.run({ n: 3 });
    await pool.destroy();
    return result;
  },
  'options that are inherited, as by a prototype that somebody has changed, are not taken': async (Pools) => {
    const pool = new Pools(Object.assign(Object.create({ name: 'later', maxThreads: 0 }), { filename }));
    const without = new Pools(Object.create({ filename }));
    const results = [await pool.run({ n: 3 }), pool.options.name, await outcome(without.run({ n: 1 }))];
    await Promise.all([pool.destroy(), without.destroy()]);
    return results;
  },
  'a module that the task names, in a pool without one': async (Pools) => {
    const pool = new Pools({ maxThreads: 1 });
    const results = [await outcome(pool.run({ n: 1 })), await outcome(pool.run({ n: 2 }, { filename }))];
    await pool.destroy();
    return results;
  },
  'an error of the task': async (Pools) => {
    const pool = new Pools(one);
    const results = [await outcome(pool.run('no', { name: 'fail' })), await outcome(pool.run({ n: 1 }))];
    await pool.destroy();
    return results;
  },
  'an error that nothing caught, and the task after it': async (Pools) => {
    const pool = new Pools(one);
    const results = [await outcome(pool.run(null, { name: 'throwLater' })), await outcome(pool.run({ n: 1 }))];
    await pool.destroy();
    return results;
  },
  'a task that ends its thread is rejected, and was run once': async (Pools) => {
    const pool = new Pools(one);
    const isRejected = (await outcome(pool.run(null, { name: 'exit' }))) instanceof Object;
    const next = await outcome(pool.run({ n: 4 }));
    await pool.destroy();
    return [isRejected, next];
  },
  'memory limits': async (Pools) => {
    const pool = new Pools({ ...one, resourceLimits: { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 4 } });
    const code = await pool
      .run(null, { name: 'fillHeap' })
      .catch((error: Error & { code: string }) => [error.code, error.message.startsWith('Worker terminated due to reaching memory limit')]);
    await pool.destroy();
    return code;
  },
  'abort: while it waits, while it runs, before': async (Pools) => {
    const pool = new Pools(one);
    const [running, waiting] = [new AbortController(), new AbortController()];
    const first = outcome(pool.run(null, { name: 'spin', signal: running.signal }));
    const second = outcome(pool.run({ n: 1 }, { signal: waiting.signal }));
    waiting.abort();
    const before = await second;
    running.abort();
    const results = [
      before,
      await first,
      await outcome(pool.run({ n: 1 }, { signal: AbortSignal.abort() })),
      await outcome(pool.run({ n: 2 })),
    ];
    await pool.destroy();
    return results;
  },
  'abort by an event emitter': async (Pools) => {
    const pool = new Pools(one);
    const emitter = new EventEmitter();
    const run = outcome(pool.run(null, { name: 'never', signal: emitter }));
    emitter.emit('abort');
    const result = await run;
    await pool.destroy();
    return [result, emitter.listenerCount('abort')];
  },
  'a queue that is full': async (Pools) => {
    const pool = new Pools({ ...one, maxQueue: 1 });
    const runs = [1, 2, 3].map(() => outcome(pool.run(20, { name: 'pass' })));
    const size = pool.queueSize;
    const results = await Promise.all(runs);
    await pool.destroy();
    return [size, results, pool.options.maxQueue];
  },
  'maxQueue auto': async (Pools) => {
    const pool = new Pools({ filename, minThreads: 0, maxThreads: 3, maxQueue: 'auto' });
    const { maxQueue, minThreads, maxThreads, name, concurrentTasksPerWorker, closeTimeout, idleTimeout } = pool.options;
    await pool.destroy();
    return { maxQueue, minThreads, maxThreads, name, concurrentTasksPerWorker, closeTimeout, idleTimeout };
  },
  'a queue of the caller decides who is next, by what stands on the task': async (Pools) => {
    const tasks: { readonly [key: symbol]: { rank: number } | null }[] = [];
    const rank = (task: (typeof tasks)[number]): number => task[Pools.queueOptionsSymbol]?.rank ?? 0;
    const taskQueue = {
      get size() {
        return tasks.length;
      },
      shift: () => tasks.sort((a, b) => rank(b) - rank(a)).shift() ?? null,
      push: (task: never) => void tasks.push(task),
      remove: (task: never) => void tasks.splice(tasks.indexOf(task), 1),
    };
    const pool = new Pools({ ...one, taskQueue: taskQueue as never });
    const order: unknown[] = [];
    const add = (n: number): Promise<unknown> =>
      pool.run({ n, [Pools.queueOptionsSymbol]: { rank: n } }, { name: 'later' }).then((value: number) => order.push(value));
    await Promise.all([add(0), add(1), add(5), add(3)]);
    await pool.destroy();
    return order;
  },
  'completed, duration and utilization': async (Pools) => {
    const pool = new Pools(one);
    await Promise.allSettled([pool.run({ n: 1 }), pool.run('x', { name: 'fail' }), pool.run({ n: 2 })]);
    const { completed, utilization, duration, queueSize } = pool;
    await pool.destroy();
    return { completed, queueSize, utilization: utilization > 0 && utilization < 1, duration: duration > 0 };
  },
  'the histograms': async (Pools) => {
    const pool = new Pools(one);
    await Promise.all(Array.from({ length: 20 }, () => pool.run(2, { name: 'pass' })));
    const { runTime, waitTime } = pool.histogram;
    const keys = [Object.keys(runTime).sort(), Object.keys(waitTime).sort()];
    const plausible = runTime.min >= 1 && runTime.p50 >= 1 && runTime.max >= runTime.p99 && waitTime.max > runTime.min;
    pool.histogram.resetRunTime();
    const { mean, max } = pool.histogram.runTime;
    await pool.destroy();
    return { keys, plausible, mean, max };
  },
  'threads as tasks come, up to maxThreads': async (Pools) => {
    const pool = new Pools({ filename, minThreads: 0, maxThreads: 2, idleTimeout: Number.POSITIVE_INFINITY });
    const before = pool.threads.length;
    await Promise.all([200, 200, 200, 200].map((ms) => pool.run(ms, { name: 'pass' })));
    const after = pool.threads.length;
    await pool.destroy();
    return [before, after, pool.threads.length];
  },
  'threads are counted in the turn that needs them': async (Pools) => {
    const pool = new Pools({ filename, minThreads: 2, maxThreads: 4 });
    const counts = [[pool.threads.length, pool.idleThreads]];
    const runs = [1, 2, 3, 4, 5, 6].map((n) => {
      const run = pool.run({ n });
      counts.push([pool.threads.length, pool.idleThreads]);
      return run;
    });
    await Promise.all(runs);
    const cold = new Pools({ filename, minThreads: 0, maxThreads: 3 });
    counts.push([cold.threads.length]);
    const first = cold.run({ n: 1 });
    counts.push([cold.threads.length]);
    await first;
    await Promise.all([pool.destroy(), cold.destroy()]);
    return [counts, pool.threads.length, pool.idleThreads];
  },
  'workerData, env and argv': async (Pools) => {
    const pool = new Pools({ ...one, workerData: { seed: 4 }, env: { FOR_THE_TASK: 'yes' }, argv: ['a', 'b'] });
    const result = await pool.run(null, { name: 'surroundings' });
    await pool.destroy();
    return result;
  },
  'what is transferred is gone here': async (Pools) => {
    const pool = new Pools(one);
    const [listed, moved, copied] = [new ArrayBuffer(8), new ArrayBuffer(9), new ArrayBuffer(10)];
    const lengths = [
      await pool.run(listed, { name: 'lengthOf', transferList: [listed] }),
      await pool.run(Pools.move(moved), { name: 'lengthOf' }),
      await pool.run(copied, { name: 'lengthOf' }),
    ];
    await pool.destroy();
    return [lengths, listed.byteLength, moved.byteLength, copied.byteLength];
  },
  'drain and needsDrain': async (Pools) => {
    const pool = new Pools({ filename, minThreads: 2, maxThreads: 2 });
    const heard: string[] = [];
    pool.once('needsDrain', () => heard.push('needsDrain'));
    pool.once('drain', () => heard.push('drain'));
    const runs = [10, 10].map((ms) => pool.run(ms, { name: 'pass' }));
    await Promise.all([once(pool, 'drain'), ...runs]);
    await pool.destroy();
    return [heard, pool.needsDrain];
  },
  'close lets running and waiting tasks end, says so, and leaves no thread': async (Pools) => {
    const pool = new Pools(one);
    const closed = once(pool, 'close');
    const runs = [10, 5].map((ms) => outcome(pool.run(ms, { name: 'pass' })));
    await pool.close();
    await closed;
    return [await Promise.all(runs), pool.threads.length];
  },
  'a message that a task posts on its parentPort': async (Pools) => {
    const pool = new Pools(one);
    const told = once(pool, 'message');
    await pool.run({ deep: ['text', 1] }, { name: 'post' });
    const messages = await told;
    await pool.destroy();
    return messages;
  },
  'run while it closes': async (Pools) => {
    const pool = new Pools(one);
    const first = outcome(pool.run(10, { name: 'pass' }));
    const closing = pool.close();
    const late = await outcome(pool.run({ n: 1 }));
    await closing;
    return [await first, late];
  },
  'close by force drops what waits': async (Pools) => {
    const pool = new Pools(one);
    const runs = [20, 5].map((ms) => outcome(pool.run(ms, { name: 'pass' })));
    await pool.close({ force: true });
    return await Promise.all(runs);
  },
  'destroy rejects everything, and leaves no thread': async (Pools) => {
    const pool = new Pools(one);
    const runs = [1, 2].map(() => outcome(pool.run(null, { name: 'never' })));
    await pool.destroy();
    return [await Promise.all(runs), pool.threads.length, pool.queueSize];
  },
};

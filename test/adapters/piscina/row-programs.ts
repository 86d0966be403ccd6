import { EventEmitter, once } from 'node:events';
import { filename, outcome, type Program } from './programs.ts';

const one = { filename, minThreads: 1, maxThreads: 1 };

/** Programs for rows of the table that no other program is about. */
export const ROW_PROGRAMS: Readonly<Record<string, Program>> = {
  'argv is stringified, env may be null': async (Pools) => {
    const pool = new Pools({ ...one, argv: [1, { toString: () => 'two' }] as never, env: null as never });
    const result = await pool.run(null, { name: 'surroundings' });
    await pool.destroy();
    return result;
  },
  'closeTimeout ends what still runs': async (Pools) => {
    const pool = new Pools({ ...one, closeTimeout: 20 });
    const told = once(pool, 'error');
    const run = outcome(pool.run(null, { name: 'never' }));
    await pool.close();
    return [await run, (await told)[0] instanceof Error, pool.threads.length];
  },
  'recordTiming: false': async (Pools) => {
    const pool = new Pools({ ...one, recordTiming: false });
    await pool.run({ n: 1 });
    const { runTime, waitTime } = pool.histogram;
    const seen = [runTime, waitTime, pool.histogram.resetRunTime(), pool.utilization];
    await pool.destroy();
    return seen;
  },
  'what it is by its properties': async (Pools) => {
    const pool = new Pools({ ...one, filename: `file://${filename}` });
    await pool.run({ n: 1 });
    const { filename: file, maxQueue, atomics, recordTiming, closeTimeout } = pool.options;
    const seen = [pool.minThreads, pool.maxThreads, pool.idleThreads, pool.needsDrain, pool.queueSize, pool.threads.length];
    const histogram = [Object.keys(pool.histogram).sort(), pool instanceof EventEmitter];
    await pool.destroy();
    return [seen, histogram, { file, maxQueue, atomics, recordTiming, closeTimeout }];
  },
  'it is disposed of': async (Pools) => {
    const pool = new Pools(one);
    const run = outcome(pool.run({ n: 4 }));
    await pool[Symbol.asyncDispose]();
    return [await run, pool.threads.length, typeof pool[Symbol.dispose]];
  },
  'threads that come and go are told': async (Pools) => {
    const pool = new Pools(one);
    const heard: string[] = [];
    for (const name of ['workerCreate', 'workerDestroy', 'close'])
      pool.on(name, (worker?: { id: unknown; destroyed: unknown }) => heard.push(`${name} ${typeof worker?.id}`));
    await pool.run({ n: 1 });
    const gone = once(pool, 'workerDestroy');
    await Promise.all([pool.close(), gone]);
    return heard;
  },
  'what is gone is gone': async (Pools) => {
    const pool = new Pools({ minThreads: 0, maxThreads: 1 });
    const seen = ['runTask', 'runTime', 'waitTime'].map((name) => name in pool);
    await pool.destroy();
    return seen;
  },
  'no such export': async (Pools) => {
    const pool = new Pools(one);
    const { message } = (await outcome(pool.run({ n: 1 }, { name: 'nothing' }))) as { message: string };
    await pool.destroy();
    return message.startsWith(`No handler function exported from ${filename}`);
  },
  'wrong options': async (Pools) => {
    const pool = new Pools({ filename, minThreads: 0, maxThreads: 1 });
    const wrong = [{ transferList: 0 }, { filename: 0 }, { name: 0 }, { signal: 0 }, null, 5];
    const of = async (promise: Promise<unknown>): Promise<string> => (await promise.then(String, String)).split('. Got')[0]!;
    const seen = await Promise.all(wrong.map((options) => of(pool.run({ n: 1 }, options as never))));
    seen.push(await of(pool.close({ force: 1 as never })), await of(pool.close(null as never)));
    for (const options of [{ filename: 1 }, { name: 1 }, { minThreads: 'x' }, { maxThreads: 0 }, { idleTimeout: -1 }, { maxQueue: 'x' }]) {
      seen.push(await of((async () => new Pools(options as never))()));
    }
    await pool.destroy();
    return seen.map((text) => text.replace(/ \[\w+\]/, '').split(',')[0]);
  },
};

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Piscina, type PiscinaOptions, type RunOptions } from '../../../src/adapters/piscina/index.ts';
import { filename } from './programs.ts';

const isInvalid = (message: RegExp) => (error: unknown) =>
  (error as { code?: string }).code === 'ERR_INVALID_OPTION' && message.test(String(error));

describe('options of the constructor', () => {
  const wrong: readonly (readonly [string, unknown, RegExp])[] = [
    ['filename', 12, /options\.filename must be a string or null\. Got 12/],
    ['name', {}, /options\.name must be a string or null/],
    ['minThreads', -1, /options\.minThreads must be a non-negative integer/],
    ['minThreads', Number.NaN, /options\.minThreads/],
    ['maxThreads', 0, /options\.maxThreads must be a positive integer/],
    ['maxThreads', Number.NaN, /options\.maxThreads/],
    ['idleTimeout', -1, /options\.idleTimeout/],
    ['maxQueue', -1, /options\.maxQueue/],
    ['maxQueue', 'many', /options\.maxQueue/],
    ['concurrentTasksPerWorker', 0, /options\.concurrentTasksPerWorker/],
    ['atomics', 'some', /options\.atomics must be 'sync', 'async' or 'disabled'/],
    ['resourceLimits', 0, /options\.resourceLimits must be an object/],
    ['taskQueue', {}, /options\.taskQueue must be a TaskQueue object, with size, push\(\), shift\(\) and remove\(\)/],
    ['taskQueue', null, /options\.taskQueue/],
    ['niceIncrement', -1, /options\.niceIncrement must be a non-negative integer on Unix systems/],
    ['trackUnmanagedFds', 'no', /options\.trackUnmanagedFds must be a boolean value/],
    ['closeTimeout', -1, /options\.closeTimeout/],
    ['recordTiming', 1, /options\.recordTiming/],
    ['stricterFIFO', 1, /options\.stricterFIFO must be a boolean\. Got 1/],
    ['workerHistogram', 1, /options\.workerHistogram/],
    ['loadBalancer', 1, /options\.loadBalancer must be a function with at least two args/],
  ];
  for (const [name, value, message] of wrong) {
    it(`${name}: ${String(value)} is refused`, () => {
      assert.throws(() => new Piscina({ filename, [name]: value } as PiscinaOptions), isInvalid(message));
    });
  }

  for (const [name, value, reason] of [
    ['loadBalancer', (): null => null, /the pool places tasks/],
    ['niceIncrement', 5, /native code in every thread/],
    ['trackUnmanagedFds', false, /closed when its thread ends/],
    ['workerHistogram', true, /only a load balancer sees it/],
    ['isolateWorkers', true, /tinypool's.*recycle/],
    ['maxMemoryLimitBeforeRecycle', 1_000_000, /tinypool's.*heapMb/],
    ['runtime', 'child_process', /tinypool's.*isolation/],
    ['teardown', 'end', /tinypool's.*Export a function called teardown/],
  ] as const) {
    it(`${name} is refused, with the reason`, () => {
      assert.throws(
        () => new Piscina({ filename, [name]: value } as PiscinaOptions),
        isInvalid(new RegExp(`holdfast/piscina does not have it: .*${reason.source}`)),
      );
    });
  }

  it('of threads that contradict each other are refused', () => {
    assert.throws(
      () => new Piscina({ minThreads: 4, maxThreads: 2 }),
      isInvalid(/options\.minThreads and options\.maxThreads must not conflict\. Expected no more than 2 for minThreads\. Got 4/),
    );
  });

  it('that are given alone move the other', async () => {
    for (const [given, expected] of [
      [{ maxThreads: 1 }, [1, 1]],
      [{ minThreads: 5 }, [5, 5]],
    ] as const) {
      const pool = new Piscina(given);
      assert.deepEqual([pool.minThreads, pool.maxThreads], expected);
      await pool.destroy();
    }
  });

  it('without effect are taken', async () => {
    const pool = new Piscina({
      filename,
      maxThreads: 1,
      atomics: 'disabled',
      stricterFIFO: true,
      recordTiming: false,
      trackUnmanagedFds: true,
    });
    assert.equal(await pool.run({ n: 4 }), 8);
    assert.equal(pool.histogram.runTime, undefined);
    assert.equal(pool.utilization, 0);
    await pool.destroy();
  });
});

describe('options of run and close', () => {
  it('of the wrong kind reject', async () => {
    const pool = new Piscina({ filename, maxThreads: 1 });
    for (const [options, message] of [
      [null, /options must be an object/],
      [{ transferList: 0 }, /transferList argument must be an Array\. Got 0/],
      [{ filename: 0 }, /filename argument must be a string/],
      [{ name: 0 }, /name argument must be a string/],
      [{ signal: 0 }, /signal argument must be an object, an AbortSignal/],
      [{ signal: {} }, /signal argument must be an object, an AbortSignal/],
      [{ channel: {} }, /tinypool's.*onProgress/],
    ] as const) {
      await assert.rejects(pool.run({ n: 1 }, options as unknown as RunOptions), isInvalid(message));
    }
    await assert.rejects(pool.close(null as never), isInvalid(/options must be an object/));
    await assert.rejects(pool.close({ force: 1 as never }), isInvalid(/force argument must be a boolean/));
    await pool.destroy();
  });
});

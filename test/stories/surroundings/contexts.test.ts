import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { ExecutorThread, ThreadEvents } from '../../../src/executors/executor.ts';
import { settle } from '../../../src/faults/virtual-clock.ts';
import { Pool, type PoolOptions } from '../../../src/index.ts';
import { Script } from '../../simulation/world/scripted.ts';
import { oneIn } from '../../soak.ts';
import { failure, once } from '../stage.ts';

const test = oneIn(4, import.meta.url);

const filename = new URL('../../fixtures/edges.js', import.meta.url);
type Edges = typeof import('../../fixtures/edges.ts');

const requests = new AsyncLocalStorage<string>();

/** A pool that is made lazily inside the first request. */
function madeIn(request: string, options: Partial<PoolOptions>): Pool<Edges> {
  return requests.run(request, () => new Pool<Edges>({ filename, threads: 2, ...options }));
}

test('functions of a caller run in the context of their own call, whoever made the pool and whatever else is going on', async (t) => {
  const seen: [string, string | undefined][] = [];
  const note = <T>(what: string, answer: T): T => {
    seen.push([what, requests.getStore()]);
    return answer;
  };
  // Those of the pool as well: a call is asked about in its own context.
  const pool = madeIn('A', {
    threads: 3,
    retry: { retries: 1, minTimeout: 0, on: ['error'], shouldRetry: () => note('shouldRetry of the pool', true) },
    quarantine: { key: () => note('key', 'key') },
  });
  t.after(() => pool.close({ force: true }));
  const calls = ['B', 'C', 'D'].map((request) =>
    requests.run(request, async () => {
      await pool.run(request, { name: 'tell', onProgress: (value) => void note(`progress of ${value}`, undefined) });
      await failure(pool.run(request, { name: 'fail' }));
      await failure(pool.run(request, { name: 'fail', retry: { shouldRetry: () => note('shouldRetry of the call', false) } }));
      const equal = () => note('equal', false);
      const resolve = () => note('resolve', request);
      const redundancy = { replicas: 2, quorum: 2, maxReplicas: 2, equal, resolve };
      assert.equal(await pool.run(undefined as never, { name: 'whoAmI', retry: false, redundancy }), request);
      for await (const { status } of pool.mapSettled([request], { name: 'fail' })) assert.equal(status, 'rejected');
      return request;
    }),
  );
  assert.deepEqual(await Promise.all(calls), ['B', 'C', 'D']);
  const where = (what: string): (string | undefined)[] => seen.filter(([name]) => name === what).map(([, request]) => request);
  for (const request of ['B', 'C', 'D']) {
    assert.deepEqual(where(`progress of ${request}`), [request]);
    const times = Object.fromEntries(
      ['shouldRetry of the pool', 'shouldRetry of the call', 'equal', 'resolve', 'key'].map((what) => [
        what,
        where(what).filter((one) => one === request).length,
      ]),
    );
    assert.deepEqual(times, { 'shouldRetry of the pool': 2, 'shouldRetry of the call': 1, equal: 1, resolve: 1, key: 5 });
  }
  assert.deepEqual(
    seen.filter(([, request]) => request === 'A' || request === undefined),
    [],
  );
});

test('a late ballot is compared in the context of its call', async (t) => {
  const script = new Script(t, { threads: 3, spares: 0 });
  for (const n of [1, 2, 3]) await script.thread(n).ready();
  const seen: (string | undefined)[] = [];
  const equal = (): boolean => {
    seen.push(requests.getStore());
    return true;
  };
  const run = requests.run('B', () => script.watch(script.pool.run('x', { redundancy: { replicas: 3, equal } })));
  await settle();
  for (const n of [1, 2, 3]) script.thread(n).begin();
  for (const n of [1, 2, 3]) {
    script.thread(n).finish('x');
    await script.thread(n).report();
  }
  assert.deepEqual([run, seen], [{ outcome: 'x' }, ['B', 'B']]);
});

test('a listener runs in the context in which it was added', async (t) => {
  const pool = madeIn('A', {});
  t.after(() => pool.close({ force: true }));
  const seen: (string | undefined)[] = [];
  requests.run('L', () => pool.on('drain', () => void seen.push(requests.getStore())));
  pool.on('drain', () => void seen.push(requests.getStore()));
  const drained = once(pool, 'drain');
  await requests.run('B', () => pool.run(1));
  await drained;
  assert.deepEqual(seen, ['L', undefined]);
});

test('threads are made in the context of no request: the first ones, and those that replace the dead', async (t) => {
  const starts: (string | undefined)[] = [];
  class Watched extends Script {
    override start(events: ThreadEvents): ExecutorThread {
      starts.push(requests.getStore());
      return super.start(events);
    }
  }
  const script = requests.run('A', () => new Watched(t, { threads: 1, spares: 1 }));
  await script.thread(1).ready();
  await script.thread(2).ready();
  requests.run('B', () => script.watch(script.pool.run('x')));
  await requests.run('B', () => script.thread(1).exit({ cause: 'crash' }));
  await script.clock.advance(1_000);
  assert.ok(starts.length >= 3, `${starts.length} threads`);
  assert.deepEqual(new Set(starts), new Set([undefined]));
});

import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe } from 'node:test';
import { settle } from '../../../src/faults/virtual-clock.ts';
import { Script } from '../../simulation/world/scripted.ts';
import { drawn, further, oneIn } from '../../soak.ts';
import { codeOf } from '../outcomes.ts';
import { failure, open } from '../stage.ts';

const it = oneIn(2, import.meta.url);

const never = (): Promise<never> => new Promise(() => {});

/** Gives one item, and then nothing forever. */
async function* stalling(): AsyncGenerator<number> {
  yield 1;
  await never();
}

/** The same as a Node stream, a web stream, and an iterator that does not answer when it has to stop. */
const streams = {
  'an async generator': () => ({ source: stalling(), told: undefined }),
  'a Node stream': () => {
    const source = new Readable({ objectMode: true, read() {} });
    source.push(1);
    return { source, told: () => source.destroyed };
  },
  'a web stream': () => {
    let cancelled = false;
    const source = new ReadableStream<number>({
      start: (controller) => controller.enqueue(1),
      cancel: () => {
        cancelled = true;
      },
    });
    return { source, told: () => cancelled };
  },
  'an iterator that never says good-bye': () => {
    let told = false;
    let given = 0;
    const iterator = {
      next: () => (given++ === 0 ? Promise.resolve({ value: 1, done: false as const }) : never()),
      return: () => {
        told = true;
        return never();
      },
    };
    return { source: { [Symbol.asyncIterator]: () => iterator } as AsyncIterable<number>, told: () => told };
  },
};

describe('a loop over a map', () => {
  for (const [kind, make] of drawn(1, Object.entries(streams))) {
    it(`is left at once though ${kind} has stalled, and the source is told`, async (t) => {
      const pool = open(t);
      const { source, told } = make();
      const seen: unknown[] = [];
      for await (const value of pool.map(source as AsyncIterable<unknown>)) {
        seen.push(value);
        break;
      }
      assert.deepEqual([seen, told?.() ?? true], [[1], true]);
    });

    it(`over ${kind} that has stalled throws what its body throws`, async (t) => {
      const pool = open(t);
      const { source, told } = make();
      const loop = (async () => {
        for await (const _ of pool.map(source as AsyncIterable<unknown>)) throw new RangeError('in the body');
      })();
      assert.equal((await failure(loop)).message, 'in the body');
      assert.equal(told?.() ?? true, true);
    });

    for (const how of ['map', 'mapSettled'] as const) {
      it(`${how} over ${kind} that has stalled ends when its pool is closed, gently or by force`, async (t) => {
        for (const force of [false, true]) {
          const pool = open(t);
          const { source, told } = make();
          const results = (pool[how] as typeof pool.map).call(pool, source as never)[Symbol.asyncIterator]();
          const first = (await results.next()).value as unknown;
          assert.deepEqual(first, how === 'map' ? 1 : { index: 0, status: 'fulfilled', value: 1 });
          const waiting = results.next();
          const closing = pool.close({ force });
          assert.equal((await failure(waiting)).code, 'ERR_POOL_CLOSED');
          await closing;
          assert.equal(told?.() ?? true, true);
          assert.deepEqual(await results.next(), { value: undefined, done: true });
        }
      });
    }

    it(`ends at its signal though ${kind} has stalled`, async (t) => {
      const pool = open(t);
      const { source, told } = make();
      const controller = new AbortController();
      const results = pool.map(source as AsyncIterable<unknown>, { signal: controller.signal });
      await results.next();
      const waiting = results.next();
      controller.abort();
      assert.equal((await failure(waiting)).code, 'ERR_TASK_ABORTED');
      assert.equal(told?.() ?? true, true);
    });
  }

  it('gives the outcomes of what was accepted before it ends with its pool', async (t) => {
    const script = new Script(t, { threads: 1 });
    await script.thread(1).ready();
    const taken: unknown[] = [];
    const loop = script.watch(
      (async () => {
        for await (const outcome of script.pool.mapSettled(stalling())) taken.push(outcome);
      })(),
    );
    await settle();
    script.watch(script.pool.close());
    await settle();
    assert.deepEqual([taken, 'error' in loop], [[], false], 'its item is on a thread');
    await script.thread(1).work();
    await settle();
    assert.deepEqual([taken, codeOf(loop)], [[{ index: 0, status: 'fulfilled', value: 1 }], 'ERR_POOL_CLOSED']);
  });

  it('ends with a pool that fails', async (t) => {
    const script = new Script(t, { threads: 1, spares: 0, restart: { intensity: 0 } });
    const loop = script.watch(script.pool.mapSettled({ [Symbol.asyncIterator]: () => ({ next: never }) }).next());
    await settle();
    await script.thread(1).exit({ cause: 'startup' });
    assert.equal(codeOf(loop), 'ERR_POOL_FAILED');
  });

  further('throws what a generator throws while it cleans up, as any loop does', async (t) => {
    const pool = open(t);
    function* source(): Generator<number> {
      try {
        for (;;) yield 1;
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: that is what is tested
        throw new SyntaxError('in finally');
      }
    }
    const loop = (async () => {
      for await (const _ of pool.map(source())) break;
    })();
    assert.equal((await failure(loop)).message, 'in finally');
  });
});

describe('the items of a map', () => {
  it('are awaited as `for await` does', async (t) => {
    const pool = open(t);
    // biome-ignore lint/suspicious/noThenProperty: that is what is tested
    const thenable = { then: (resolve: (value: number) => void) => resolve(3) };
    const source = [Promise.resolve(1), 2, thenable] as number[];
    const values: unknown[] = [];
    for await (const value of pool.map(source)) values.push(value);
    assert.deepEqual(values, [1, 2, 3]);
  });

  it('end it when one rejects, and the source is left', async (t) => {
    const pool = open(t);
    let left = false;
    function* source(): Generator<Promise<number>> {
      try {
        yield Promise.resolve(1);
        yield Promise.reject(new SyntaxError('the second one'));
      } finally {
        left = true;
      }
    }
    const values: unknown[] = [];
    const loop = (async () => {
      for await (const value of pool.map(source() as Iterable<unknown>)) values.push(value);
    })();
    assert.equal((await failure(loop)).message, 'the second one');
    assert.deepEqual([values, left], [[1], true]);
  });
});

describe('a call of map that cannot be carried out', () => {
  const bad: Record<string, { options?: object; source?: unknown }> = {
    'no window': { options: { window: 0 } },
    'a window too large': { options: { window: 2 ** 40 } },
    'an unknown option': { options: { windw: 1 } },
    'no source': { source: 7 },
  };
  for (const [what, { options, source = [1] }] of Object.entries(bad)) {
    for (const how of ['map', 'mapSettled'] as const) {
      it(`${how} rejects, with a code, and throws nothing by itself: ${what}`, async (t) => {
        const pool = open(t);
        const results = (pool[how] as typeof pool.map).call(pool, source as never, options as never);
        assert.equal((await failure(results.next())).code, 'ERR_INVALID_OPTION');
        assert.deepEqual(await results.next(), { value: undefined, done: true });
      });
    }
  }
});

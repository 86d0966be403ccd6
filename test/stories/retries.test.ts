import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { PoolEvents, PoolOptions, RetryContext, RunOptions } from '../../src/index.ts';
import { Script } from '../simulation/world/scripted.ts';
import { lendTime } from './borrowed-time.ts';
import { codeOf, kindsOf } from './outcomes.ts';

/** What befalls an attempt. */
type Mishap = 'error' | 'crash' | 'oom' | 'timeout';
const MANY: readonly Mishap[] = ['crash', 'crash', 'crash', 'crash', 'crash', 'crash', 'crash'];

interface Played {
  readonly run: { readonly outcome?: unknown; readonly error?: unknown };
  /** Milliseconds from each failure to the beginning of the next attempt. */
  readonly pauses: number[];
  readonly retries: PoolEvents['retry'][];
}

/** One task on one thread, whose attempts come to grief one after the other until nothing is left in store for them. */
async function play(t: TestContext, mishaps: readonly Mishap[], options: RunOptions, pool: Partial<PoolOptions> = {}): Promise<Played> {
  const script = new Script(t, { threads: 1, timeout: { run: 1_000 }, restart: { intensity: 100 }, ...pool });
  lendTime(t, script);
  const retries: PoolEvents['retry'][] = [];
  script.pool.on('retry', (event) => retries.push(event));
  const run = script.watch(script.pool.run('task', options));
  const store = [...mishaps];
  const pauses: number[] = [];
  for (let failedAt: number | undefined; ; failedAt = script.clock.now()) {
    const thread = script.threads.at(-1)!;
    await thread.ready();
    while (thread.begin() === undefined) {
      if ('error' in run) return { run, pauses, retries };
      const next = script.clock.nextAt ?? assert.fail('The task has not settled, and nothing is going to happen.');
      await script.clock.advance(next - script.clock.now());
    }
    if (failedAt !== undefined) pauses.push(script.clock.now() - failedAt);
    const mishap = store.shift();
    if (mishap === 'error') thread.fail(new RangeError('on purpose'));
    else if (mishap === undefined) thread.finish('at last');
    else if (mishap === 'timeout') while (!thread.terminated) await script.clock.advance(1);
    if (mishap === 'error' || mishap === undefined) await thread.report();
    else await thread.exit({ cause: mishap === 'timeout' ? 'exit' : mishap });
    if ('outcome' in run) return { run, pauses, retries };
  }
}

describe('retry', () => {
  it('as a number is attempts after the first; their failures are the history of the error', async (t) => {
    const { run, retries } = await play(t, MANY, { retry: 2 });
    assert.equal(codeOf(run), 'ERR_WORKER_CRASHED');
    assert.deepEqual(kindsOf(run), ['crash', 'crash', 'crash']);
    assert.deepEqual(
      retries.map(({ taskId, name, failed, retriesLeft }) => [taskId, name, failed.attempt, failed.kind, retriesLeft]),
      [
        [1, 'default', 1, 'crash', 1],
        [1, 'default', 2, 'crash', 0],
      ],
    );
  });

  for (const none of [false, 0] as const) {
    it(`of ${none} is none`, async (t) => {
      const { run, retries } = await play(t, MANY, { retry: none });
      assert.deepEqual([kindsOf(run), retries], [['crash'], []]);
    });
  }

  it('happens three times where nothing is said', async (t) => {
    assert.equal(kindsOf((await play(t, MANY, {})).run).length, 4);
  });

  it('ends with the first success', async (t) => {
    const { run, retries } = await play(t, ['crash', 'timeout', 'crash'], {});
    assert.deepEqual([run.outcome, retries.length], ['at last', 3]);
  });

  it('is for what may pass, and not for an error of the task itself', async (t) => {
    const { run } = await play(t, ['error'], {});
    assert.equal((run.error as Error).name, 'RangeError');
    assert.deepEqual(kindsOf(run), ['error']);
  });

  it('is for errors too if `on` says so, and then for nothing that it does not name', async (t) => {
    const { run } = await play(t, ['error', 'error', 'crash'], { retry: { retries: 5, on: ['error'] } });
    assert.deepEqual([codeOf(run), kindsOf(run)], ['ERR_WORKER_CRASHED', ['error', 'error', 'crash']]);
  });

  it('happens once after running out of memory', async (t) => {
    const { run } = await play(t, ['oom', 'oom', 'oom'], { retry: 5 });
    assert.deepEqual([codeOf(run), kindsOf(run)], ['ERR_WORKER_OUT_OF_MEMORY', ['oom', 'oom']]);
  });

  it('is decided by `shouldRetry`, in place of `on`; also about a second oom', async (t) => {
    const asked: RetryContext[] = [];
    const shouldRetry = (context: RetryContext): boolean => {
      asked.push(context);
      return context.kind !== 'timeout';
    };
    const { run } = await play(t, ['oom', 'oom', 'error', 'timeout'], { retry: { retries: 5, on: ['timeout'], shouldRetry } });
    assert.deepEqual([codeOf(run), kindsOf(run)], ['ERR_TASK_TIMEOUT', ['oom', 'oom', 'error', 'timeout']]);
    assert.deepEqual(
      asked.map(({ kind, attempt, retriesLeft }) => ({ kind, attempt, retriesLeft })),
      [
        { kind: 'oom', attempt: 1, retriesLeft: 5 },
        { kind: 'oom', attempt: 2, retriesLeft: 4 },
        { kind: 'error', attempt: 3, retriesLeft: 3 },
        { kind: 'timeout', attempt: 4, retriesLeft: 2 },
      ],
    );
    assert.ok(asked[2]!.error instanceof RangeError);
  });

  it('is not made by a `shouldRetry` that throws: what it throws is the last word', async (t) => {
    const shouldRetry = (): never => {
      throw new TypeError('a fault of the caller');
    };
    const { run } = await play(t, ['crash', 'crash'], { retry: { shouldRetry } });
    assert.equal((run.error as Error).message, 'a fault of the caller');
    assert.deepEqual(kindsOf(run), ['crash']);
  });

  it('rules of one run take the place of those of its pool', async (t) => {
    const { run } = await play(t, MANY, { retry: { retries: 1 } }, { retry: { retries: 6, minTimeout: 500, maxTimeout: 500 } });
    assert.equal(kindsOf(run).length, 2);
  });
});

describe('the pause before a retry', () => {
  const plain = { retries: 6, minTimeout: 100, maxTimeout: 1_000, factor: 2, randomize: false };
  const stories: readonly (readonly [string, readonly Mishap[], RunOptions['retry'], number[]])[] = [
    ['is none after a crash, then grows by the factor up to the longest', MANY, plain, [0, 100, 200, 400, 800, 1_000]],
    ['is none after running out of memory', ['oom', 'crash', 'crash'], plain, [0, 100, 200]],
    ['is there from the first on after a time-out', ['timeout', 'timeout', 'timeout'], plain, [100, 200, 400]],
    ['is there from the first on after an error', ['error', 'error', 'error'], { ...plain, on: ['error'] }, [100, 200, 400]],
    ['is the same whatever came between', ['timeout', 'crash', 'timeout', 'crash'], plain, [100, 200, 400, 800]],
    ['grows by whatever factor is asked for', MANY, { ...plain, factor: 3 }, [0, 100, 300, 900, 1_000, 1_000]],
    ['does not grow by a factor of 1', MANY, { ...plain, factor: 1 }, [0, 100, 100, 100, 100, 100]],
    ['may be none', ['timeout', 'timeout'], { ...plain, minTimeout: 0 }, [0, 0]],
    ['is stretched by chance, here by one and a half', MANY, { ...plain, randomize: true }, [0, 150, 300, 600, 1_000, 1_000]],
    ['is 25 ms, doubled, stretched and never above a second where nothing is said', MANY, { retries: 6 }, [0, 38, 75, 150, 300, 600]],
  ];
  for (const [story, mishaps, retry, expected] of stories) {
    it(story, async (t) => {
      const { pauses } = await play(t, mishaps, { retry: retry! });
      assert.deepEqual(pauses, expected);
    });
  }
});

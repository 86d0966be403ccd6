import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { WAIT } from '../../../src/dispatch/feeding/make-room.ts';
import { PASSES_BY_AGE, PASSES_IN_ORDER } from '../../../src/dispatch/queue/turns.ts';
import type { PoolOptions, RunOptions } from '../../../src/index.ts';
import { drawn } from '../../soak.ts';
import { NeverPauses } from './never-pauses.ts';

const echo = (input: unknown): { value: unknown } => ({ value: input });

/** The load: tasks take so many milliseconds, and the next one is handed over behind one that is short. */
interface Load extends Partial<PoolOptions> {
  readonly threads: number;
  readonly task: number;
}

/** Rounds of the load until the task has settled, after the load has been there for a while; each thread ends one task in a round. */
async function rounds(
  t: TestContext,
  { task, ...pool }: Load,
  run: RunOptions,
  deed: Parameters<NeverPauses['until']>[2] = echo,
): Promise<number> {
  const load = new NeverPauses(t, pool, task);
  await load.until(() => load.served > 20 * pool.threads, 1000, deed);
  const seen = load.script.watch(load.script.pool.run('asked', run));
  const taken = await load.until(() => 'outcome' in seen || 'error' in seen, 2000, deed);
  assert.deepEqual(seen, { outcome: 'asked' });
  assert.notEqual(taken, undefined);
  const before = load.served;
  await load.until(() => load.served > before + 20 * pool.threads, 1000, deed);
  return taken!;
}

for (const task of [5, 0.5]) {
  describe(`while callers never pause, with tasks of ${task} ms`, () => {
    for (const threads of drawn(2, [1, 2, 3, 8])) {
      for (const spares of [0, 1, 2]) {
        // Each copy that finds no thread of its own is passed a few times, and may have to wait for a new thread.
        const most = 3 * (2 * PASSES_IN_ORDER + 10 + WAIT / task);
        it(`copies find threads of their own: ${threads} threads, ${spares} spares`, async (t) => {
          const taken = await rounds(t, { threads, spares, task }, { redundancy: { replicas: 3, quorum: 3 }, priority: 10 });
          assert.ok(taken <= most, `${taken} rounds`);
        });

        it(`a third ballot finds a thread where two differ: ${threads} threads, ${spares} spares`, async (t) => {
          const first: { at?: number } = {};
          const lie = (input: unknown, thread: number): { value: unknown } => {
            if (input === 'asked') first.at ??= thread;
            return { value: input === 'asked' && first.at === thread ? 'wrong' : input };
          };
          const taken = await rounds(t, { threads, spares, task, retryBudget: 0 }, { redundancy: { replicas: 2, quorum: 2 } }, lie);
          assert.ok(taken <= most + PASSES_BY_AGE + 4, `${taken} rounds`);
        });

        it(`what ran out of memory finds a fresh thread: ${threads} threads, ${spares} spares`, async (t) => {
          const tried = { times: 0 };
          const deed = (input: unknown): { value: unknown } | 'oom' =>
            input === 'asked' && tried.times++ === 0 ? 'oom' : { value: input };
          const taken = await rounds(t, { threads, spares, task, retryBudget: 0 }, {}, deed);
          assert.ok(taken <= most + PASSES_BY_AGE + 4, `${taken} rounds`);
        });

        it(`what has the lowest priority runs: ${threads} threads, ${spares} spares`, async (t) => {
          const taken = await rounds(t, { threads, spares, task }, { priority: -1 });
          assert.ok(taken <= PASSES_BY_AGE + 4, `${taken} rounds`);
        });
      }
    }

    it('a retry without a budget goes first only when it is due', async (t) => {
      // The first time is excused, because the thread had served others; the second uses up a retry.
      const tried = { times: 0 };
      const deed = (input: unknown): { value: unknown } | 'oom' => (input === 'asked' && tried.times++ < 2 ? 'oom' : { value: input });
      const taken = await rounds(t, { threads: 1, spares: 1, task, retryBudget: 0 }, {}, deed);
      assert.ok(taken >= PASSES_BY_AGE, `${taken} rounds`);
    });
  });
}

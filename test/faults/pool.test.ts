import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type AttemptFault, FAILURE_OF, type FaultOptions, type FaultPlan, faultPlan } from '../../src/faults/index.ts';
import { attemptsOf, Pool, type PoolOptions } from '../../src/index.ts';
import { drawn, further, SOAK } from '../soak.ts';

const filename = new URL('../fixtures/votes/answers.js', import.meta.url);
const answer = (n: number) => ({ of: n, squared: n * n });
type Answers = typeof import('../fixtures/votes/answers.ts');

const open = (faults: FaultPlan, options: Partial<PoolOptions> = {}): Pool<Answers> =>
  new Pool<Answers>({ filename, threads: 2, spares: 0, resourceLimits: { maxOldGenerationSizeMb: 32 }, faults, ...options });

/** A plan whose task 1 meets the fault in its first attempt and none in the second. */
function onceFor(fault: AttemptFault, more: Partial<FaultOptions> = {}): FaultPlan {
  for (let seed = 0; ; seed++) {
    const plan = faultPlan({ seed, [fault]: 0.5, ...more });
    if (plan.faultOf(1, 1) === fault && plan.faultOf(1, 2) === undefined) return plan;
  }
}

function assertInjected(error: unknown, fault: string): void {
  const { name, code, fault: got, message } = error as Error & { code: string; fault: string };
  assert.deepEqual({ name, code, got }, { name: 'InjectedFault', code: 'ERR_INJECTED_FAULT', got: fault });
  assert.match(message, new RegExp(`'${fault}' in task 1, attempt 1, replica 0`));
}

const TASKS = SOAK ? 300 : 80;

describe('a fault plan in a pool', () => {
  for (const fault of drawn(2, ['throw', 'reject', 'crash', 'exit', 'hang', 'never', 'oom'] as const)) {
    const kind = FAILURE_OF[fault]!;
    for (const name of ['default', 'later'] as const) {
      const shown = name === 'default' ? it : further;
      shown(`${fault}: the attempt fails by ${kind}, the next one succeeds (${name})`, async () => {
        await using pool = open(onceFor(fault), kind === 'timeout' ? { timeout: 1_000 } : {});
        const failed: string[] = [];
        pool.on('retry', (event) => failed.push(event.failed.kind));
        assert.deepEqual(await pool.run(7, { name, retry: { retries: 2, minTimeout: 1, on: [kind] } }), answer(7));
        assert.deepEqual(failed, [kind]);
      });
    }
  }

  further('throw and reject: the error that arrives says what it is', async () => {
    await using pool = open(faultPlan({ seed: 1, throw: 1 }));
    const error = await pool.run(1).catch((thrown: unknown) => thrown);
    assertInjected(error, 'throw');
    assert.equal(attemptsOf(error).length, 1);
  });

  it('slow, corrupt and late give a result', async () => {
    await using pool = open(faultPlan({ seed: 1, corrupt: 1 }));
    const wrong = await pool.run(3);
    assert.notDeepEqual(wrong, answer(3));
    assert.deepEqual(Object.keys(wrong), ['of', 'squared']);
    await using slow = open(faultPlan({ seed: 1, slow: 1, slowBy: 20 }));
    assert.deepEqual(await slow.run(3), answer(3));
  });

  further('late: the result stands, and the late error is charged to the task that left it behind', async () => {
    await using pool = open(onceFor('late', { lateAfter: 5 }));
    const heard = new Promise<{ taskId: number; error: unknown }>((resolve) => pool.once('lateError', resolve));
    assert.deepEqual(await pool.run(9), answer(9));
    const stay = setInterval(() => {}, 60_000); // An idle pool would let the process end before the error comes.
    const { taskId, error } = await heard;
    clearInterval(stay);
    assert.equal(taskId, 1);
    assertInjected(error, 'late');
  });

  further('startup: threads that fail to start are started again', async () => {
    let seed = 0;
    while (!faultPlan({ seed, startup: 0.4 }).startFails(0) || faultPlan({ seed, startup: 0.4 }).startFails(1)) seed++;
    const restart = { intensity: 20, minTimeout: 1, maxTimeout: 10 };
    await using pool = open(faultPlan({ seed, startup: 0.4 }), { threads: 1, spares: 0, restart });
    const exits: string[] = [];
    pool.on('workerExit', (event) => exits.push(event.reason));
    assert.deepEqual(await pool.run(2), answer(2));
    assert.deepEqual(exits, ['startup']);
  });

  it('oom without a small heap is a pool that fails and says why', async () => {
    await using pool = open(faultPlan({ seed: 1, oom: 0.1 }), {
      resourceLimits: { maxOldGenerationSizeMb: 4096 },
      restart: { intensity: 1, minTimeout: 1 },
    });
    await assert.rejects(pool.run(1), { code: 'ERR_POOL_FAILED', message: /Set the pool's resourceLimits/ });
  });

  it('meets exactly the attempts that the plan names, and the pool counts the same', async () => {
    const plan = faultPlan({ seed: 77, crash: 0.04, exit: 0.02, throw: 0.03, reject: 0.03, never: 0.005 });
    const expected: Record<string, number> = {};
    for (let task = 1; task <= TASKS; task++) {
      for (let attempt = 1; ; attempt++) {
        const fault = plan.faultOf(task, attempt);
        if (fault === undefined) break;
        const kind = FAILURE_OF[fault]!;
        expected[kind] = (expected[kind] ?? 0) + 1;
      }
    }
    await using pool = open(plan, {
      timeout: 2_000,
      retry: { retries: 9, minTimeout: 1, maxTimeout: 5, on: ['crash', 'timeout', 'error'] },
    });
    const met: Record<string, number> = {};
    pool.on('retry', ({ failed }) => {
      met[failed.kind] = (met[failed.kind] ?? 0) + 1;
    });
    const results = await Promise.all(Array.from({ length: TASKS }, (_, n) => pool.run(n)));
    assert.deepEqual(
      results,
      Array.from({ length: TASKS }, (_, n) => answer(n)),
    );
    assert.deepEqual(met, expected);
  });
});

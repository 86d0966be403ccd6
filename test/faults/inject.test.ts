import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type FaultOptions, faultPlan, InjectedFault, inject } from '../../src/faults/index.ts';
import type { Injector } from '../../src/thread/session.ts';

const site = (taskId = 1, attempt = 1, replica = 0) => ({ taskId, attempt, replica });
const injector = (options: Omit<FaultOptions, 'seed'>, start = 0) => inject(faultPlan({ seed: 1, ...options }).plan, start);
const double = (n: unknown): number => (n as number) * 2;
const injected = (fault: string) => (error: unknown) =>
  error instanceof InjectedFault &&
  error.fault === fault &&
  error.code === 'ERR_INJECTED_FAULT' &&
  error.message.includes('task 1, attempt 1');

describe('an injector', () => {
  it('is what a session of a thread asks for', () => {
    injector({}) satisfies Injector;
  });

  it('calls the task itself, and nothing else, where the plan has no fault', () => {
    assert.equal(injector({}).call(double, 21, site()), 42);
    assert.throws(() => injector({}).call(() => assert.fail('its own'), 1, site()), /its own/);
  });

  it('throws at once, or rejects, in place of the task', async () => {
    const untouched = () => assert.fail('the task was called');
    assert.throws(() => injector({ throw: 1 }).call(untouched, 1, site()), injected('throw'));
    await assert.rejects(injector({ reject: 1 }).call(untouched, 1, site()) as Promise<unknown>, injected('reject'));
  });

  it('slows the right result down by milliseconds, and a failure too', async () => {
    const slow = injector({ slow: 1, slowBy: 40 });
    const log: string[] = [];
    setTimeout(() => log.push('20 ms later'), 20);
    const failing = slow.call(() => Promise.reject(new Error('its own')), 4, site()) as Promise<unknown>;
    const failed = assert.rejects(failing, /its own/).then(() => log.push('failure'));
    assert.equal(await slow.call(double, 4, site()), 8);
    await failed;
    assert.equal(log[0], '20 ms later');
    assert.equal(log[1], 'failure');
  });

  it('slows down by a multiple of what the task took', async () => {
    const slow = injector({ slow: 1, slowBy: { factor: 5 } });
    const log: string[] = [];
    setTimeout(() => log.push('60 ms later'), 60);
    await slow.call(() => delay(30), undefined, site());
    log.push('result');
    assert.deepEqual(log, ['60 ms later', 'result']);
  });

  it('corrupts what the task returns, now or later, and lets its failure be', async () => {
    const corrupt = injector({ corrupt: 1 });
    assert.notEqual(corrupt.call(double, 4, site()), 8);
    assert.equal(typeof corrupt.call(double, 4, site()), 'number');
    assert.notEqual(await corrupt.call(async (n) => double(n), 4, site()), 8);
    assert.throws(() => corrupt.call(() => assert.fail('its own'), 4, site()), /its own/);
  });

  it('makes corrupt copies differ from each other, unless they are to agree', () => {
    const results = (agree: boolean, task: number) => {
      const corrupt = injector({ corrupt: 1, agree });
      return new Set([site(task, 1, 0), site(task, 2, 1), site(task, 3, 2), site(task, 4, 0)].map((at) => corrupt.call(double, 4, at)));
    };
    for (let task = 1; task <= 100; task++) {
      assert.equal(results(false, task).size, 4);
      assert.equal(results(true, task).size, 1);
    }
  });

  it('keeps its faults to one slot', () => {
    const corrupt = injector({ corrupt: 1, slot: 2 });
    assert.equal(corrupt.call(double, 4, site()), 8, 'a thread without a slot');
    corrupt.assigned(1, 1);
    assert.equal(corrupt.call(double, 4, site()), 8);
    corrupt.assigned(2, 5);
    assert.notEqual(corrupt.call(double, 4, site()), 8);
    corrupt.assigned(0, 1);
    assert.equal(corrupt.call(double, 4, site()), 8);
  });

  it('keeps its faults to one generation, of one slot or of all', () => {
    const first = injector({ corrupt: 1, slot: 2, generation: 1 });
    assert.equal(first.call(double, 4, site()), 8, 'a thread without a slot');
    for (const [slot, generation, fails] of [
      [2, 1, true],
      [2, 2, false],
      [1, 1, false],
    ] as const) {
      first.assigned(slot, generation);
      assert.equal(first.call(double, 4, site()) !== 8, fails);
    }
    const second = injector({ corrupt: 1, generation: 2 });
    second.assigned(0, 1);
    assert.equal(second.call(double, 4, site()), 8);
    second.assigned(7, 2);
    assert.notEqual(second.call(double, 4, site()), 8);
  });

  it('fails the starts that its plan names', () => {
    const plan = faultPlan({ seed: 5, startup: 0.5 });
    for (let start = 0; start < 100; start++) {
      const starting = () => inject(plan.plan, start).starting();
      if (plan.startFails(start)) assert.throws(starting, { name: 'InjectedFault', fault: 'startup' });
      else starting();
    }
  });

  it('refuses to fill a heap of gigabytes', () => {
    assert.throws(() => injector({ oom: 0.1 }).starting(), /Expected a heap limit of at most 512 MB.*resourceLimits/);
    injector({ oom: 0 }).starting();
  });
});

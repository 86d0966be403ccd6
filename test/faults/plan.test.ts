import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ATTEMPT_FAULTS, type AttemptFault, type FaultOptions, faultPlan } from '../../src/faults/index.ts';
import { faultAt } from '../../src/faults/rules.ts';

const mixed = { throw: 0.02, crash: 0.05, exit: 0.01, hang: 0.02, never: 0.01, oom: 0.01, slow: 0.05, corrupt: 0.1, late: 0.005 };
const seed = fc.nat({ max: Number.MAX_SAFE_INTEGER });

/** Standard deviations between a count and what its rate lets expect. */
const deviation = (count: number, n: number, rate: number): number => Math.abs(count - n * rate) / Math.sqrt(n * rate * (1 - rate));

describe('a fault plan', () => {
  it('has the rates that were asked for, from task to task, attempt to attempt and copy to copy', () => {
    fc.assert(
      fc.property(seed, (n) => {
        const plan = faultPlan({ seed: n, ...mixed });
        for (const site of [(i: number) => [i, 1, 0], (i: number) => [7, i, 0], (i: number) => [7, 1, i]]) {
          const counts: Partial<Record<AttemptFault, number>> = {};
          for (let i = 1; i <= 20_000; i++) {
            const fault = plan.faultOf(...(site(i) as [number, number, number]));
            if (fault !== undefined) counts[fault] = (counts[fault] ?? 0) + 1;
          }
          for (const [fault, rate] of Object.entries(mixed)) {
            const off = deviation(counts[fault as AttemptFault] ?? 0, 20_000, rate);
            assert.ok(off < 5.5, `${fault}: ${counts[fault as AttemptFault]} of 20000 at ${rate}, off by ${off} standard deviations`);
          }
        }
      }),
      { seed: 20_260_101, numRuns: 20 },
    );
  });

  it('gives a second attempt its chance regardless of what the first one met', () => {
    const plan = faultPlan({ seed: 99, crash: 0.3 });
    let [both, first, second] = [0, 0, 0];
    for (let task = 1; task <= 50_000; task++) {
      const [one, two] = [plan.faultOf(task, 1) !== undefined, plan.faultOf(task, 2) !== undefined];
      if (one) first++;
      if (two) second++;
      if (one && two) both++;
    }
    assert.ok(deviation(first, 50_000, 0.3) < 5 && deviation(second, 50_000, 0.3) < 5, `${first}, ${second}`);
    assert.ok(deviation(both, 50_000, 0.09) < 5, `both: ${both} of 50000, expected about 4500`);
  });

  it('gives copies of one attempt their chances independently', () => {
    const plan = faultPlan({ seed: 4, corrupt: 0.2 });
    const seen = [0, 0, 0, 0];
    for (let task = 1; task <= 50_000; task++) seen[[0, 1, 2].filter((replica) => plan.faultOf(task, 1, replica)).length]!++;
    const binomial = [0.512, 0.384, 0.096, 0.008];
    for (const [k, rate] of binomial.entries()) assert.ok(deviation(seen[k]!, 50_000, rate) < 5, `${k} of 3: ${seen[k]}`);
  });

  it('decides the same each time, also in a thread that has only its plain data', () => {
    fc.assert(
      fc.property(seed, fc.nat(), fc.nat({ max: 50 }), fc.nat({ max: 5 }), (n, task, attempt, replica) => {
        const plan = faultPlan({ seed: n, ...mixed });
        const again = faultPlan({ seed: n, ...mixed });
        const decided = plan.faultOf(task, attempt, replica);
        assert.equal(again.faultOf(task, attempt, replica), decided);
        assert.equal(faultAt(structuredClone(plan.plan), task, attempt, replica), decided);
        assert.equal(faultAt(JSON.parse(JSON.stringify(plan.plan)), task, attempt, replica), decided);
      }),
    );
  });

  it('decides differently for another seed', () => {
    const faults = (n: number) => Array.from({ length: 200 }, (_, task) => faultPlan({ seed: n, ...mixed }).faultOf(task) ?? '-').join();
    const plans = new Set(Array.from({ length: 50 }, (_, n) => faults(n)));
    assert.equal(plans.size, 50);
  });

  it('meets an attempt with one fault always if its rate is 1, and with none if there is none', () => {
    for (const fault of ATTEMPT_FAULTS) {
      const always = faultPlan({ seed: 3, [fault]: 1 });
      for (let task = 1; task <= 500; task++) assert.equal(always.faultOf(task), fault);
    }
    const never = faultPlan({ seed: 3 });
    for (let task = 1; task <= 500; task++) assert.equal(never.faultOf(task), undefined);
  });

  it('lets the rates add up to 1, however they are rounded', () => {
    const tenths = Object.fromEntries(ATTEMPT_FAULTS.map((fault) => [fault, 0.1]));
    faultPlan({ seed: 0, ...tenths });
    faultPlan({ seed: 0, throw: 0.7, reject: 0.1, crash: 0.2 });
  });

  it('decides starts of threads by themselves', () => {
    const plan = faultPlan({ seed: 12, startup: 0.3, crash: 0.3 });
    const starts = Array.from({ length: 20_000 }, (_, start) => plan.startFails(start));
    assert.ok(deviation(starts.filter(Boolean).length, 20_000, 0.3) < 5);
    const same = starts.filter((fails, start) => fails === (plan.faultOf(start) !== undefined)).length;
    assert.ok(deviation(same, 20_000, 0.58) < 5, `starts follow attempts: ${same} of 20000 alike`);
  });

  it('is plain data and the address of a module that a thread can import', async () => {
    const plan = faultPlan({ seed: 1, slowBy: { factor: 3 }, slow: 0.5 });
    assert.deepEqual(structuredClone(plan.plan), plan.plan);
    const module = (await import(plan.module)) as { inject: unknown };
    assert.equal(typeof module.inject, 'function');
  });
});

describe('a bad fault plan is refused', () => {
  const cases: [unknown, RegExp][] = [
    [undefined, /options: Expected an object\. Got undefined/],
    [{}, /seed: Expected a whole number, at least 0\. Got undefined/],
    [{ seed: 1.5 }, /seed: Expected a whole number.* Got 1\.5/],
    [{ seed: -1 }, /seed: .* Got -1/],
    [{ seed: '1' }, /seed: .* Got '1'/],
    [{ seed: 1, crash: 1.1 }, /crash: Expected a number from 0 to 1\. Got 1\.1/],
    [{ seed: 1, crash: -0.1 }, /crash: .* Got -0\.1/],
    [{ seed: 1, crash: Number.NaN }, /crash: .* Got NaN/],
    [{ seed: 1, crash: '5 %' }, /crash: .* Got '5 %'/],
    [{ seed: 1, startup: 2 }, /startup: .* Got 2/],
    [{ seed: 1, crush: 0.1 }, /crush: Expected a known option .*crash/],
    [{ seed: 1, crash: 0.6, hang: 0.5 }, /Expected at most 1 in all.* Got 1\.1/],
    [{ seed: 1, slowBy: -1 }, /slowBy: Expected a whole number of milliseconds, at least 0\. Got -1/],
    [{ seed: 1, slowBy: {} }, /slowBy\.factor: Expected a number from 1\. Got undefined/],
    [{ seed: 1, slowBy: { factor: 0.5 } }, /slowBy\.factor: .* Got 0\.5/],
    [{ seed: 1, slowBy: null }, /slowBy: .* Got null/],
    [{ seed: 1, lateAfter: 0.5 }, /lateAfter: .* Got 0\.5/],
    [{ seed: 1, agree: 1 }, /agree: Expected true or false\. Got 1/],
    [{ seed: 1, slot: -2 }, /slot: .* Got -2/],
    [{ seed: 1, generation: 0 }, /generation: .* Got 0/],
  ];
  for (const [options, message] of cases) {
    it(`faultPlan(${JSON.stringify(options)})`, () => {
      assert.throws(() => faultPlan(options as FaultOptions), { code: 'ERR_INVALID_OPTION', message });
    });
  }
});

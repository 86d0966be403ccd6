import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAULT_KINDS, faultOf, startFails } from '../../bench/work/faults.ts';

const TASKS = 50_000;
const seed = 4;
const count = (plan: Parameters<typeof faultOf>[0], start: number, kind: string): number => {
  let hits = 0;
  for (let id = 0; id < TASKS; id++) if (faultOf(plan, id, start) === kind) hits++;
  return hits;
};

test('the same seed, task and start meet the same fault', () => {
  const plan = { seed, rates: { crash: 0.2, hang: 0.2 } };
  const draw = (): (string | undefined)[] => Array.from({ length: 1000 }, (_, id) => faultOf(plan, id, 1));
  assert.deepEqual(draw(), draw());
  assert.notDeepEqual(
    draw(),
    Array.from({ length: 1000 }, (_, id) => faultOf({ ...plan, seed: seed + 1 }, id, 1)),
  );
});

test(`every kind strikes at its rate, at the first start and at later ones (seed ${seed})`, () => {
  const rates = Object.fromEntries(FAULT_KINDS.map((kind, index) => [kind, 0.01 * (index + 1)]));
  for (const start of [1, 2, 5]) {
    for (const [index, kind] of FAULT_KINDS.entries()) {
      const expected = TASKS * 0.01 * (index + 1);
      const hits = count({ seed, rates }, start, kind);
      assert.ok(Math.abs(hits - expected) < 5 * Math.sqrt(expected), `${kind}: expected about ${expected}, got ${hits}`);
    }
  }
});

test(`a task that was struck once is not marked for life (seed ${seed})`, () => {
  const plan = { seed, rates: { crash: 0.1 } };
  let both = 0;
  for (let id = 0; id < TASKS; id++) if (faultOf(plan, id, 1) && faultOf(plan, id, 2)) both++;
  const expected = TASKS * 0.01;
  assert.ok(Math.abs(both - expected) < 5 * Math.sqrt(expected), `expected about ${expected}, got ${both}`);
});

test('without rates nothing fails, with certainty everything does', () => {
  assert.equal(count({ seed, rates: {} }, 1, 'crash'), 0);
  assert.equal(count({ seed, rates: { crash: 1 } }, 1, 'crash'), TASKS);
  assert.equal(startFails({ seed, rates: {} }, 1), false);
  assert.equal(startFails({ seed, rates: {}, startup: 1 }, 1), true);
});

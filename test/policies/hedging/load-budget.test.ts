import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LoadBudget, LoadBudgets } from '../../../src/policies/hedging/load-budget.ts';

test('copies may take their share of what the tasks took, and what they take over it is paid back first', () => {
  const budget = new LoadBudget(0.05);
  assert.equal(budget.affords(1), false, 'nothing was earned yet');
  budget.earn(100);
  assert.deepEqual([budget.affords(5), budget.affords(5.1)], [true, false]);
  budget.spend(8);
  budget.earn(60);
  assert.equal(budget.affords(0), false, 'it has earned what was owed, and nothing more');
  budget.earn(20);
  assert.equal(budget.affords(1), true);
});

test('a copy that was thought to cost nothing needs a budget all the same', () => {
  const budget = new LoadBudget(0);
  budget.earn(1_000_000);
  assert.equal(budget.affords(0), false);
});

test('no share spends what another has earned, and shares beyond the thirty-second push the oldest out', () => {
  const budgets = new LoadBudgets();
  budgets.of(0.5).earn(100);
  assert.deepEqual([budgets.of(0.5).affords(50), budgets.of(0.05).affords(1)], [true, false]);
  for (let i = 1; i <= 40; i++) budgets.of(i / 1_000);
  assert.equal(budgets.of(0.5).affords(1), false);
});

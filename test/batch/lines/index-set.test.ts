import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { IndexSet } from '../../../src/batch/lines/index-set.ts';
import { seeded } from '../../../src/core/random.ts';

test('it is a set, in whatever order its indexes come', (t) => {
  const seed = randomInt(2 ** 31);
  t.diagnostic(`seed ${seed}`);
  const random = seeded(seed);
  const set = new IndexSet();
  const model = new Set<number>();
  for (let i = 0; i < 200_000; i++) {
    const index = Math.floor(random() * 150_000);
    assert.equal(set.add(index), !model.has(index));
    model.add(index);
  }
  assert.equal(set.size, model.size);
  for (let index = 0; index < 150_010; index++) assert.equal(set.has(index), model.has(index));
  let missing = 0;
  while (model.has(missing)) missing++;
  assert.equal(set.firstMissing(), missing);
});

test('a finished prefix takes no memory, whatever its length', () => {
  const set = new IndexSet();
  for (let index = 0; index < 3_000_000; index++) {
    set.add(index);
    assert.ok(set.pages <= 1);
  }
  assert.equal(set.firstMissing(), 3_000_000);
});

test('one straggler keeps its own page open, and a mark for each page behind it', () => {
  const set = new IndexSet();
  for (let index = 0; index < 1_000_000; index++) if (index !== 5) set.add(index);
  assert.equal(set.firstMissing(), 5);
  // Two pages of bits: the straggler's, and the last one, which is not full yet.
  assert.equal(set.bytes, 2 * 8_192);
  set.add(5);
  assert.equal(set.firstMissing(), 1_000_000);
  assert.equal(set.bytes, 8_192);
});

test('a prefix is all indexes below its end', () => {
  for (const end of [0, 1, 65_535, 65_536, 65_537, 200_000]) {
    const set = IndexSet.prefix(end);
    assert.equal(set.size, end);
    assert.equal(set.firstMissing(), end);
    assert.deepEqual([end === 0 || set.has(end - 1), set.has(end), set.has(end + 1)], [true, false, false]);
    assert.equal(set.add(end), true);
    assert.equal(set.size, end + 1);
  }
});

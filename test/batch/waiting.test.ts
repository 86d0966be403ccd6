import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PendingRecords } from '../../src/batch/journal/pending-records.ts';
import { DueLines } from '../../src/batch/lines/due-lines.ts';
import { IndexSet } from '../../src/batch/lines/index-set.ts';
import type { Input } from '../../src/batch/lines/input.ts';
import { OpenLine } from '../../src/batch/lines/open-line.ts';
import { OpenLines } from '../../src/batch/lines/open-lines.ts';

test('records of any size and script wait as the bytes that they are', () => {
  const pending = new PendingRecords();
  assert.equal(pending.take().length, 0);
  const records = ['{"a":1}\n', `"${'ü€😀'.repeat(3_000)}"\n`, `"${'x'.repeat(300_000)}"\n`];
  for (let i = 0; i < 20_000; i++) records.push(`{"index":${i},"value":"${'é'.repeat(i % 7)}"}\n`);
  for (const cut of [1, 2, 3, 777, records.length]) {
    const some = records.slice(0, cut);
    for (const record of some) pending.add(record);
    assert.ok(pending.length > 0);
    assert.ok(pending.take().equals(Buffer.from(some.join(''))), `${cut} records`);
    assert.equal(pending.length, 0);
  }
});

test('what was taken stays as it is while more is added', () => {
  const pending = new PendingRecords();
  pending.add('one\n');
  const taken = pending.take();
  for (let i = 0; i < 5_000; i++) pending.add('two\n');
  assert.equal(taken.toString(), 'one\n');
});

test('every line on its way is found by its number, once, also behind lines that stay forever', () => {
  const lines = new OpenLines(2_048);
  const line = (number: number) => new OpenLine(number + 7, number, undefined, 'json', '');
  const taken = (number: number) => (lines.take(number) as OpenLine | undefined)?.index;
  const slow = new Set([0, 1, 4_095, 5_000]);
  assert.equal(lines.take(-1), undefined);
  for (let number = 0; number < 30_000; number++) {
    lines.add(number, line(number));
    const due = number - 500;
    if (due < 0 || slow.has(due)) continue;
    assert.equal(taken(due), due + 7);
    assert.equal(lines.take(due), undefined);
  }
  assert.equal(lines.size, 500 + slow.size);
  for (const number of slow) assert.equal(taken(number), number + 7);
  for (let number = 29_500; number < 30_000; number++) assert.equal(taken(number), number + 7);
  assert.equal(lines.size, 0);
  assert.equal(lines.take(29_999), undefined);
});

test('lines count as read before their turn has come, or else nobody could tell how many are left', async () => {
  const input = {
    verified: true,
    async *lines() {
      yield { first: 1, lines: ['a', '', 'b', ' ', 'c'] };
    },
  };
  const due = new DueLines(input as unknown as Input, ['in'], new IndexSet());
  assert.equal(due.read, 0);
  assert.equal(await due.more(), true);
  assert.equal(due.read, 5);
  assert.deepEqual([due.take()?.line, due.take()?.line, due.take()?.line, due.take()], [1, 3, 5, undefined]);
  assert.equal(due.read, 3);
  assert.equal(await due.more(), false);
});

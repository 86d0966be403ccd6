import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { reviveError } from '../../src/core/wire/revive.ts';
import { isFromThread } from '../../src/core/wire/wire-check.ts';
import { isFromCell } from '../../src/executors/processes/protocol-check.ts';
import { fuzz } from './fuzz.ts';
import { fromCell, fromThread, record } from './messages.ts';

const seed = Number(process.env.HOLDFAST_SEED ?? Date.now() % 1_000_000);

test('whatever a thread says, nothing throws, nothing stays open, and no innocent pays', async (t) => {
  t.diagnostic(`seed ${seed}`);
  const { messages, fulfilled } = await fuzz('thread', seed, 60);
  t.diagnostic(`${messages} messages; ${fulfilled} tasks fulfilled all the same`);
  assert.ok(messages > 10_000 && fulfilled > 100);
});

test('the same for a cell', async (t) => {
  t.diagnostic(`seed ${seed}`);
  const { messages, fulfilled } = await fuzz('cell', seed, 60);
  t.diagnostic(`${messages} messages; ${fulfilled} tasks fulfilled all the same`);
  assert.ok(messages > 10_000 && fulfilled > 100);
});

test('every record becomes an error or a value, and every message passes or not', (t) => {
  t.diagnostic(`seed ${seed}`);
  const look = fc.property(record, fromThread, fromCell, (one, message, frame) => {
    reviveError(one);
    isFromThread(message);
    isFromCell({ thread: 0, ...frame });
  });
  fc.assert(look, { seed, numRuns: 1_000 });
});

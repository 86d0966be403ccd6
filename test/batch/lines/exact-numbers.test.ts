import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inexactNumber } from '../../../src/batch/lines/exact-numbers.ts';
import { seeded } from '../../../src/core/random.ts';
import { outcomeOf } from '../crash-stories.ts';
import { World } from '../world.ts';

test('numbers that JSON.parse changes are found, and no others', () => {
  const changed = [
    '12345678901234567890',
    '9007199254740993',
    '0.12345678901234567890123',
    '1e400',
    '-9007199254740993.0',
    '123456789012345678e2',
  ];
  const kept = [
    '9007199254740992',
    '1000000000000000000000',
    '0.1',
    '1.7976931348623157e+308',
    '100000000000000000e3',
    '0.00000000000000000001',
    '-0',
  ];
  for (const number of changed) assert.equal(inexactNumber(`{"a":[1,${number}]}`), number);
  for (const number of kept) assert.equal(inexactNumber(`{"a":[1,${number}]}`), undefined, number);
  assert.equal(inexactNumber('{"id":"12345678901234567890","e\\"x":"1e400"}'), undefined);
});

test('the first such number is told of; on demand such lines are dead letters', async () => {
  const lines = '{"n":1}\n{"n":12345678901234567890}\n{"n":12345678901234567891}\n';
  const world = new World(seeded(1), (value) => value, lines);
  const { notes } = await world.run({});
  assert.equal(notes.length, 1);
  assert.match(
    notes[0]!,
    /^Line 2 holds the number 12345678901234567890, of which JavaScript keeps 12345678901234567000\. .*--exact-numbers/,
  );
  outcomeOf(world, 3, '/out.ndjson', '/out.failed.ndjson');
  await world.run({ overwrite: true, exactNumbers: true });
  const { failed } = outcomeOf(world, 3, '/out.ndjson', '/out.failed.ndjson');
  assert.match(failed[0]!, /"raw":"{\\"n\\":12345678901234567890}","kind":"input".*ERR_LINE_NOT_EXACT/);
  assert.equal(failed.length, 2);
});

test('an input with garbage behind its last gzip member: all lines are done, and the rest is told', async () => {
  const { gzipSync } = await import('node:zlib');
  const world = new World(seeded(1), (value) => value, '');
  world.disk.put('/in.ndjson.gz', Buffer.concat([gzipSync('{"n":1}\n{"n":2}\n'), Buffer.from('garbage')]));
  world.disk.put('/more.ndjson', '{"n":3}\n');
  const ending = await world.run({ input: ['/in.ndjson.gz', '/more.ndjson'] });
  assert.match((ending as { error: Error }).error.message, /in\.ndjson\.gz ends with 7 bytes behind its last gzip member/);
  outcomeOf(world, 3, '/out.ndjson', '/out.failed.ndjson');
});

import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { fieldsOf } from '../../../src/batch/lines/format.ts';
import { seeded } from '../../../src/core/random.ts';
import { type Ending, World, type WorldOptions } from '../world.ts';

interface Record {
  readonly index: number;
  readonly value?: unknown;
  readonly line?: number;
  readonly raw?: string;
}

async function run(input: string | Buffer, options: WorldOptions): Promise<{ results: Record[]; failed: Record[]; world: World }> {
  const world = new World(seeded(1), (value) => value, input);
  const ending = await world.run({ ...options });
  if (ending.how === 'failed') throw ending.error;
  const read = (path: string) =>
    world.disk
      .get(path)!
      .toString()
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record);
  const byIndex = (a: Record, b: Record) => a.index - b.index;
  return { results: read('/out.ndjson').sort(byIndex), failed: read('/out.failed.ndjson').sort(byIndex), world };
}

const values = (records: Record[]) => records.map(({ value }) => value);

test('lines of text are what they are', async () => {
  const { results } = await run('a "b"\r\n\n  c\n\\d\nlast', { format: 'lines' });
  assert.deepEqual(values(results), ['a "b"', '  c', '\\d', 'last']);
});

test('text that ends with zero bytes may hold line feeds', async () => {
  const { results } = await run('one\ntwo\0three\r\0\0four', { format: 'nul' });
  assert.deepEqual(values(results), ['one\ntwo', 'three\r', 'four']);
});

test('rows of CSV are objects; what is no row is a dead letter with its line', async () => {
  const csv = 'name,note\r\nAnn,"says ""hi"", twice"\r\nBob,"over\r\ntwo lines"\r\n\r\nCarl\r\nDora,last,more\r\nEve,\r\nFred,"open\r\nend';
  const { results, failed } = await run(csv, { format: 'csv' });
  assert.deepEqual(values(results), [
    { name: 'Ann', note: 'says "hi", twice' },
    { name: 'Bob', note: 'over\ntwo lines' },
    { name: 'Eve', note: '' },
  ]);
  assert.deepEqual(
    failed.map(({ line, raw }) => [line, raw]),
    [
      [6, 'Carl'],
      [7, 'Dora,last,more'],
      [9, 'Fred,"open\nend'],
    ],
  );
});

test('any fields come back from a row that was made of them', (t) => {
  const seed = randomInt(2 ** 31);
  t.diagnostic(`seed ${seed}`);
  const random = seeded(seed);
  const pieces = ['a', '"', ',', ' ', '\n', 'é', '""', ''];
  for (let round = 0; round < 2_000; round++) {
    const fields = Array.from({ length: 1 + Math.floor(random() * 4) }, () =>
      Array.from({ length: Math.floor(random() * 5) }, () => pieces[Math.floor(random() * pieces.length)]).join(''),
    );
    const row = fields.map((field) => (/[",\n]/.test(field) || random() < 0.2 ? `"${field.replaceAll('"', '""')}"` : field)).join(',');
    assert.deepEqual(fieldsOf(row), fields, row);
  }
});

test('part of the lines now, the rest later', async () => {
  const input = Array.from({ length: 400 }, (_, n) => `${n}\n`).join('');
  const { results, world } = await run(input, { skip: 10, limit: 5 });
  assert.deepEqual(values(results), [10, 11, 12, 13, 14]);
  const sampled = await run(input, { sample: 0.1 });
  assert.ok(sampled.results.length > 15 && sampled.results.length < 75, `${sampled.results.length}`);
  const rest = await world.run({ resume: true });
  assert.equal((rest as Ending & { how: 'ended' }).summary.done, 400);
  assert.equal(rest.pool?.ran.length, 395);
});

test('a resume with another format, or other arguments for the task, is refused', async () => {
  for (const other of [{ format: 'lines' as const }, { argv: ['--width', '200'] }]) {
    const { world } = await run('1\n', {});
    const ending = await world.run({ resume: true, ...other });
    assert.equal(((ending as Ending & { how: 'failed' }).error as { code?: string }).code, 'ERR_BATCH_OTHER_JOB');
  }
});

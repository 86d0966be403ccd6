import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type BatchOptions, runBatch } from '../../../src/batch/index.ts';
import { KINDS } from '../../fixtures/batch/line-answers.ts';
import { oneIn } from '../../soak.ts';

const test = oneIn(3, import.meta.url);

const TASK = new URL('../../fixtures/batch/line-answers.js', import.meta.url);

const ODD = [
  '',
  'no json',
  '{"n":1} {"n":2}',
  '\u2028',
  ' 7 ',
  '"text"',
  '[1,{"a":null}]',
  '{"__proto__":{"x":1}}',
  '1e400',
  '{"a":1,"a":2}',
  '123456789012345678901',
];
const INPUT = Buffer.concat([
  Buffer.from([...KINDS.map((answer) => JSON.stringify({ answer })), ...ODD, ''].join('\n')),
  Buffer.from([0xff, 0xfe, 10]),
  Buffer.from(`"${'x'.repeat(2_000)}"\n{"torn`),
]);

/** Results and dead letters of a job, without what is different each time. */
async function outcome(directory: string, options: Partial<BatchOptions>) {
  const out = join(directory, 'out.ndjson');
  await runBatch({
    ...{ filename: TASK, name: 'answer', input: join(directory, 'in.ndjson'), out },
    ...{ ordered: true, overwrite: true, threads: 2, maxLine: 1_000, metrics: false },
    ...options,
  });
  const letters = readFileSync(join(directory, 'out.failed.ndjson'), 'utf8');
  const withoutChance = letters.replace(/"(startedAt|stack)":"([^"\\]|\\.)*"|"(ms|threadId|slot)":[\d.]+/g, '""');
  return { results: readFileSync(out, 'utf8'), letters: withoutChance };
}

function scratch(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

test('lines that are parsed and stringified in the threads leave what those do that are handled as values, to the letter', async (t) => {
  const directory = scratch(t);
  writeFileSync(join(directory, 'in.ndjson'), INPUT);
  const lines = await outcome(directory, {});
  // An option that looks at inputs or results in this thread gets values.
  const values = await outcome(directory, { quarantine: { after: 1_000 } });
  assert.equal(lines.results, values.results);
  assert.deepEqual(lines.letters.split('\n'), values.letters.split('\n'));
  assert.match(lines.results, /^\{"index":0\}\n\{"index":1,"value":null\}\n/);
  const kinds = new Map<string, number>();
  for (const [, kind] of lines.letters.matchAll(/,"kind":"(\w+)","error"/g)) kinds.set(kind!, (kinds.get(kind!) ?? 0) + 1);
  assert.deepEqual(Object.fromEntries(kinds), { input: 6, output: 7, clone: 2, error: 4 });
});

test('dead letters are fed back in as the lines they were', async (t) => {
  const directory = scratch(t);
  writeFileSync(join(directory, 'in.ndjson'), INPUT);
  await outcome(directory, {});
  const letters = readFileSync(join(directory, 'out.failed.ndjson'), 'utf8');
  // 1e400 was read as Infinity, which JSON cannot say again.
  writeFileSync(join(directory, 'in.ndjson'), letters.replace(/.*"input":1e400,.*\n/, ''));
  const lines = await outcome(directory, { deadLetters: true, maxLine: 100_000 });
  const values = await outcome(directory, { deadLetters: true, maxLine: 100_000, quarantine: { after: 1_000 } });
  assert.deepEqual(lines, values);
  assert.match(lines.letters, /"origin":\d+,"line":\d+,"raw":"no json","kind":"input"/);
});

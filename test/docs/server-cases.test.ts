import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { page, root, rows } from './markdown.ts';

test('the table of cases of servers names each of their tests, and no other', () => {
  const named = rows(page('docs/internals/servers.md'), 'The cases').map((row) => row.test!.trim());
  const tests = ['semantics', 'start-and-end', 'machine', 'relations', 'looks'].flatMap((file) =>
    Array.from(readFileSync(`${root}test/server/${file}.test.ts`, 'utf8').matchAll(/^ {2}it\('([^']+)'/gm), ([, name]) => name!),
  );
  assert.deepEqual([...named].sort(), [...tests].sort());
});

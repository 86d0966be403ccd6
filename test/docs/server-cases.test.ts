import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { resolveServerOptions } from '../../src/server/options.ts';
import { codes, page, root, rows } from './markdown.ts';

test('the table of cases of servers names each of their tests, and no other', () => {
  const named = rows(page('docs/internals/servers.md'), 'The cases').map((row) => row.test!.trim());
  const tests = ['semantics', 'start-and-end', 'machine', 'relations', 'looks'].flatMap((file) =>
    Array.from(
      readFileSync(`${root}test/server/${file}.test.ts`, 'utf8').matchAll(/^ {2}(?:it|further)\('([^']+)'/gm),
      ([, name]) => name!,
    ),
  );
  assert.deepEqual([...named].sort(), [...tests].sort());
});

test('docs/servers.md has every option of a server, and no other', () => {
  const documented = rows(page('docs/servers.md'), 'Options').flatMap((row) => codes(row.option));
  const known = Object.keys(resolveServerOptions({ filename: '/server.js' }));
  assert.deepEqual(documented.sort(), [...known, 'partitions'].sort());
});

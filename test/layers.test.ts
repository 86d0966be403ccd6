import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

/** Which room of src may import which; ARCHITECTURE.md says why. `type` entries may only be imported as types. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  core: [],
  policies: ['core'],
  supervision: ['core'],
  dispatch: ['core', 'type executors'],
  executors: ['core', 'type thread'],
  thread: ['core'],
  metrics: ['core', 'options'],
  diagnostics: ['core', 'type dispatch', 'type executors'],
  faults: ['core', 'options', 'type executors', 'type thread'],
  options: ['core', 'policies'],
  stream: ['core', 'options'],
  pool: ['core', 'policies', 'dispatch', 'executors', 'metrics', 'diagnostics', 'options', 'stream', 'type supervision'],
  batch: ['core', 'supervision', 'index.ts'],
  cli: ['core', 'batch', 'faults', 'supervision', 'index.ts'],
};
/** Packages that only one room may import. */
const OWNED: Record<string, string> = {
  piscina: 'executors',
  'p-retry': 'policies',
  'p-timeout': 'policies',
  'prom-client': 'metrics',
  commander: 'cli',
  'cli-progress': 'cli',
};

const root = fileURLToPath(new URL('../../src', import.meta.url));
const files = readdirSync(root, { recursive: true })
  .map((name) => String(name).replaceAll('\\', '/'))
  .filter((name) => /\.c?ts$/.test(name));

test('the root of src holds the public names, and nothing else', () => {
  assert.deepEqual(
    files.filter((file) => !file.includes('/')),
    ['index.ts'],
  );
});

const IMPORT = /^(?:import|export)\s+(type\s)?[^;]*?from\s+'([^']+)'/gm;

for (const file of files) {
  const room = file.includes('/') ? file.split('/')[0]! : undefined;
  const source = readFileSync(join(root, file), 'utf8');

  test(`${file} imports only what its room may`, () => {
    for (const [, type, target] of source.matchAll(IMPORT)) {
      const owner = OWNED[target!];
      if (owner !== undefined) assert.equal(room, owner, `${file} imports ${target}, which belongs to ${owner}/`);
      const allowed = room === undefined ? undefined : MAY_IMPORT[room];
      if (!target!.startsWith('.') || allowed === undefined) continue;
      const other = normalize(join(dirname(file), target!)).split('/');
      if (other[0] === room) continue;
      const kinds = type === undefined ? [other[0]!] : [other[0]!, `type ${other[0]}`];
      assert.ok(
        kinds.some((kind) => allowed.includes(kind)),
        `${file} imports ${type ?? ''}${target}; ${room}/ may import ${allowed.join(', ') || 'nothing of ours'}`,
      );
    }
  });

  test(`${file} fits in the head`, () => {
    const lines = source.split('\n').length - 1;
    assert.ok(lines <= 250, `${file} has ${lines} lines; above 250 it asks for a room of its own`);
  });
}

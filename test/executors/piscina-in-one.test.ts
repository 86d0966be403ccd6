import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const IN_ONE = fileURLToPath(new URL('../../src/executors/threads/piscina.cjs', import.meta.url));
const own = createRequire(import.meta.url);
const home = join(dirname(own.resolve('piscina')), '..');
const versionOf = (folder: string): string => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;

test('Piscina is loaded as one file, with its licence; the threads load the installed one', () => {
  // In a process of its own: here others may have loaded it already.
  const program = `const { Piscina } = require(${JSON.stringify(IN_ONE)});
    console.log(JSON.stringify({ version: Piscina.version, loaded: Object.keys(require.cache) }));`;
  const { version, loaded } = JSON.parse(execFileSync(process.execPath, ['-e', program], { encoding: 'utf8', timeout: 60_000 }));
  assert.equal(version, versionOf(home));
  assert.deepEqual(loaded, [IN_ONE, join(home, 'package.json')]);
  const text = readFileSync(IN_ONE, 'utf8');
  assert.ok(text.startsWith(`/*! Piscina ${versionOf(home)}:\n${readFileSync(join(home, 'LICENSE'), 'utf8').trim()}`));
});

test('where a program has overridden the version of Piscina, that one is taken', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-piscina-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const other = join(folder, 'node_modules/piscina');
  mkdirSync(join(other, 'dist'), { recursive: true });
  writeFileSync(join(other, 'package.json'), '{ "version": "5.9.9", "main": "./dist/main.js" }');
  writeFileSync(join(other, 'dist/main.js'), 'module.exports = "the other one";\n');
  copyFileSync(IN_ONE, join(folder, 'piscina.cjs'));
  assert.equal(createRequire(join(folder, 'program.cjs'))('./piscina.cjs'), 'the other one');
});

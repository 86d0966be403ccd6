import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { setEnvironmentData } from 'node:worker_threads';
import { Pool } from '../../src/index.ts';
import { further, oneIn } from '../soak.ts';
import { MISDEEDS, openCells } from './stage.ts';

const test = oneIn(3, import.meta.url);

const PROGRAM = fileURLToPath(new URL('../fixtures/programs/whole-program.js', import.meta.url));

/** Runs the program that is its own executable; tells what it printed, and how often it was started. */
function runWhole(t: TestContext, isolation: string): { starts: number; output: { code: string; why: string; after: string } } {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [executable, starts] = [join(folder, 'program'), join(folder, 'starts')];
  writeFileSync(starts, '');
  writeFileSync(executable, `#!/bin/sh\nexec "${process.execPath}" "${PROGRAM}" "$0" "${starts}" ${isolation} 2>"${folder}/errors"\n`, {
    mode: 0o755,
  });
  const output = JSON.parse(execFileSync(executable, { encoding: 'utf8', timeout: 60_000 }));
  return { output, starts: readFileSync(starts, 'utf8').length };
}

further('an executable that starts the whole program again is started as often as restart allows, and not without end', (t) => {
  const { output, starts } = runWhole(t, 'process');
  assert.equal(output.code, 'ERR_POOL_FAILED');
  assert.match(output.why, /had not become a cell.*execPath/);
  assert.equal(starts, 1 + 2, 'itself, and two cells that were none');
});

further('where cells cannot be had, what follows a crash fails, and everything else goes on', (t) => {
  const { output, starts } = runWhole(t, 'escalate');
  assert.equal(output.code, 'ERR_POOL_FAILED');
  assert.match(output.why, /had not become a cell.*execPath/);
  assert.equal(output.after, 'after');
  assert.equal(starts, 1 + 2);
});

test('a process that was started as a cell makes no cells, and neither does a thread in one; threads it may have', async () => {
  process.env.HOLDFAST_CELL = '1';
  try {
    for (const isolation of ['process', 'escalate'] as const)
      assert.throws(() => new Pool({ filename: MISDEEDS, isolation }), { code: 'ERR_INVALID_OPTION', message: /execPath.*Expected.*Got/ });
    await new Pool({ filename: MISDEEDS, threads: 1, spares: 0 }).close();
  } finally {
    delete process.env.HOLDFAST_CELL;
  }
  setEnvironmentData('holdfast.cell', true);
  try {
    assert.throws(() => openCells(), { code: 'ERR_INVALID_OPTION', message: /inside of a cell/ });
  } finally {
    setEnvironmentData('holdfast.cell', undefined);
  }
});

test('in a cell, a task sees no mark in its environment, and cannot make cells', async () => {
  await using pool = openCells({ filename: new URL('../fixtures/programs/pool-in-pool.js', import.meta.url) });
  assert.deepEqual(await pool.run(undefined), { mark: undefined, code: 'ERR_INVALID_OPTION' });
});

test('Electron is asked for a Node executable at once', async () => {
  const { versions } = process;
  Object.defineProperty(process, 'versions', { value: { ...versions, electron: '1' }, configurable: true });
  try {
    assert.throws(() => openCells(), { code: 'ERR_INVALID_OPTION', message: /execPath: Expected a Node executable/ });
    await using pool = openCells({ execPath: process.execPath });
    assert.equal(await pool.run('named'), 'named');
  } finally {
    Object.defineProperty(process, 'versions', { value: versions, configurable: true });
  }
});

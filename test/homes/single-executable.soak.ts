import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { command, node } from './installed.ts';
import { programWithTools } from './own-tools.ts';

/** Makes a pool in each way, and counts how often it is started: what starts itself again would do so without end. */
const MAIN = `const { createRequire } = require('node:module');
const { dirname, join } = require('node:path');
const fs = require('node:fs');
const here = dirname(process.execPath);
const starts = join(here, 'starts');
fs.appendFileSync(starts, '.');
if (fs.statSync(starts).size > 3) process.exit(1);
const { Pool } = createRequire(join(here, 'main.cjs'))('holdfast');
(async () => {
  const outcomes = [];
  for (const options of [{}, { isolation: 'process' }, { isolation: 'escalate' }, { isolation: 'process', execPath: process.argv[2] }]) {
    try {
      const pool = new Pool({ filename: join(here, 'task.cjs'), threads: 1, spares: 0, startupTimeout: 60_000, ...options });
      outcomes.push(await pool.run(20));
      await pool.close();
    } catch ({ code, message }) {
      outcomes.push([code, message]);
    }
  }
  console.log(JSON.stringify(outcomes));
})();`;

// As https://nodejs.org/api/single-executable-applications.html says, with a real copy of Node.
test('a single executable has threads, is refused cells, and has them with an executable that is Node', async () => {
  const folder = await programWithTools('sea', {
    'main.cjs': MAIN,
    'task.cjs': 'module.exports = (n) => n + 1;\n',
    'sea.json': '{ "main": "main.cjs", "output": "sea.blob", "disableExperimentalSEAWarning": true }',
  });
  const made = await node(folder, '--experimental-sea-config', 'sea.json');
  assert.equal(made.code, 0, made.err);
  const executable = join(folder, 'program');
  copyFileSync(process.execPath, executable);
  const fuse = ['--sentinel-fuse', 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'];
  const injected = await node(folder, '../node_modules/postject/dist/cli.js', 'program', 'NODE_SEA_BLOB', 'sea.blob', ...fuse);
  assert.equal(injected.code, 0, injected.err);
  const { code, out, err } = await command(folder, executable, [process.execPath]);
  rmSync(executable); // A hundred megabytes.
  assert.equal(code, 0, err);
  const [threads, cells, escalation, cellsOfNode] = JSON.parse(out);
  assert.equal(threads, 21);
  for (const [refused, message] of [cells, escalation]) {
    assert.equal(refused, 'ERR_INVALID_OPTION');
    assert.match(message, /execPath: Expected a Node executable.*Got a single executable/);
  }
  assert.equal(cellsOfNode, 21);
  assert.equal(readFileSync(join(folder, 'starts'), 'utf8'), '.', 'it was started once');
});

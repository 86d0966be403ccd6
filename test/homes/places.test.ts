import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { before } from 'node:test';
import { first, further, oneIn } from '../soak.ts';
import { strict } from './deployed/managers.ts';
import { node, packed, program } from './installed.ts';
import { EXPECTED, PROGRAMS, SCENARIO } from './scenario.ts';

const test = oneIn(2, import.meta.url);

// The package as it is published, in the places where Node itself puts a program.
let folder = '';

before(async () => {
  folder = await program('places', {
    ...PROGRAMS,
    'worker.mjs': `import { Worker } from 'node:worker_threads';
new Worker(new URL('./main.mjs', import.meta.url));
`,
    'fork.mjs': `import { fork } from 'node:child_process';
fork(new URL('./main.mjs', import.meta.url));
`,
    'cluster.mjs': `import cluster from 'node:cluster';
cluster.setupPrimary({ exec: new URL('./clustered.cjs', import.meta.url).pathname });
const one = cluster.fork();
// The channel to the primary keeps a worker alive. It has to go when its program has said its last word.
one.process.on('exit', (code) => { process.exitCode = code; });
one.on('message', () => one.disconnect());
`,
    'clustered.cjs': PROGRAMS['main.cjs']!.replace('console.log', '(text) => { console.log(text); process.send(0); }'),
    'hook.mjs': `globalThis.hooked = (globalThis.hooked ?? 0) + 1;
`,
    'hook.cjs': `globalThis.hooked = (globalThis.hooked ?? 0) + 10;
`,
    'hooked.mjs': `import { Pool } from 'holdfast';
const pool = new Pool({ filename: new URL('./sees-hooks.mjs', import.meta.url), threads: 1, isolation: process.argv[2] });
console.log(await pool.run(0), globalThis.hooked);
await pool.close();
`,
    'sees-hooks.mjs': `export default () => globalThis.hooked;
`,
    'some.test.mjs': `import test from 'node:test';
import assert from 'node:assert';
import * as holdfast from 'holdfast';
${SCENARIO}
test('it runs', async () => assert.equal(await scenario(holdfast, new URL('./task.mjs', import.meta.url)), ${JSON.stringify(EXPECTED)}));
`,
  });
});

const prints = async (...args: string[]): Promise<void> => {
  const { code, out, err } = await node(folder, ...args);
  assert.deepEqual({ code, out: out.trim(), err }, { code: 0, out: EXPECTED, err: '' });
};

// In each run a program of both kinds is compiled and run by `package/package.test.ts`.
further('a program: ES module and CommonJS', async () => {
  await prints('main.mjs');
  const { code, out } = await node(folder, 'main.cjs'); // Node 20 warns that it has required an ES module.
  assert.deepEqual([code, out.trim()], [0, EXPECTED]);
});

test('where only what it says it depends on can be found, and by links (pnpm)', async (t) => {
  const away = strict(await packed(), PROGRAMS);
  t.after(() => rmSync(away, { recursive: true, force: true }));
  const { code, out, err } = await node(away, 'main.mjs');
  assert.deepEqual({ code, out: out.trim(), err }, { code: 0, out: EXPECTED, err: '' });
});

further('a worker thread of the program', () => prints('worker.mjs'));
further('a forked child', () => prints('fork.mjs'));

further('a worker of a cluster', async () => {
  const { code, out } = await node(folder, 'cluster.mjs');
  assert.deepEqual([code, out.trim()], [0, EXPECTED]);
});

further('`node --test`', async () => {
  const { code, out } = await node(folder, '--test', 'some.test.mjs');
  assert.equal(code, 0, out);
});

test('with hooks by --import and --require, which threads and cells have too', async () => {
  for (const isolation of first(1, ['process', 'thread'])) {
    const { code, out, err } = await node(folder, '--import', './hook.mjs', '--require', './hook.cjs', 'hooked.mjs', isolation);
    assert.deepEqual({ code, out: out.trim(), err }, { code: 0, out: '11 11', err: '' }, isolation);
  }
});

further('under the permission model', async () => {
  const flag = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission';
  const { code, out } = await node(folder, flag, '--allow-fs-read=*', '--allow-worker', 'main.mjs');
  assert.deepEqual([code, out.trim()], [0, EXPECTED]);
});

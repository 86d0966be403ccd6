import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { engineOf, PINNED } from '../../src/executors/threads/engine.ts';

const IN_ONE = fileURLToPath(new URL('../../src/executors/threads/piscina.cjs', import.meta.url));
const own = createRequire(import.meta.url);
const home = join(dirname(own.resolve('piscina')), '..');
const versionOf = (folder: string): string => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;

/** A program that has this Piscina, and the one file somewhere in a package of its own. */
function programWith(t: TestContext, manifest: object, main: string): string {
  const below = 'node_modules/holdfast/dist';
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-piscina-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const piscina = join(folder, 'node_modules/piscina');
  mkdirSync(join(piscina, 'dist'), { recursive: true });
  writeFileSync(join(piscina, 'package.json'), JSON.stringify({ ...manifest, main: './dist/main.js' }));
  writeFileSync(join(piscina, 'dist/main.js'), main);
  mkdirSync(join(folder, below), { recursive: true });
  copyFileSync(IN_ONE, join(folder, below, 'piscina.cjs'));
  return join(folder, below, 'piscina.cjs');
}

test('Piscina is loaded as one file, with its licence, and with no more of Node than a pool needs', () => {
  // In a process of its own: here others may have loaded it already.
  const program = `const { Piscina, version } = (await import(${JSON.stringify(new URL('../../src/executors/threads/engine.js', import.meta.url).href)}))
    .engineOf(${JSON.stringify(IN_ONE)}).load();
    const seldom = ['node:assert', 'node:timers/promises'].filter((name) => process.moduleLoadList.includes('NativeModule ' + name.slice(5)));
    const pool = new Piscina({ filename: 'none.js', minThreads: 0 });
    await pool.close();
    console.log(JSON.stringify({ same: Piscina.version === version, version, seldom }));`;
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8', timeout: 60_000 });
  assert.deepEqual(JSON.parse(printed), { same: true, version: PINNED, seldom: [] });
  assert.equal(versionOf(home), PINNED);
  const text = readFileSync(IN_ONE, 'utf8');
  assert.ok(text.startsWith(`/*! Piscina ${versionOf(home)}:\n${readFileSync(join(home, 'LICENSE'), 'utf8').trim()}`));
});

test('what Piscina asserts is asserted as Node does', () => {
  const { ArrayTaskQueue } = engineOf(IN_ONE).load();
  assert.throws(() => new ArrayTaskQueue().remove({} as never), { code: 'ERR_ASSERTION', name: 'AssertionError' });
});

test('threads run the file of the Piscina that is nearest', async (t) => {
  const file = programWith(t, { version: PINNED }, 'throw new Error("not this one")');
  const worker = join(dirname(file), '../../piscina/dist/worker.js');
  writeFileSync(worker, 'require("node:worker_threads").parentPort.on("message", () => {}).postMessage(__filename);\n');
  const pool = new (engineOf(file).load().Piscina)({ minThreads: 1, maxThreads: 1 });
  const [said] = await once(pool, 'message');
  assert.equal(said, realpathSync(worker));
  await pool.destroy();
});

test('where a program has overridden the version of Piscina, that one is taken, and starts its own threads', (t) => {
  const engine = engineOf(programWith(t, { version: '5.9.9' }, 'module.exports = "the other one";\n'));
  assert.deepEqual([engine.begin, engine.load()], [undefined, 'the other one']);
});

test('a worker is there before Piscina is, and Piscina takes it', async (t) => {
  const file = programWith(t, { version: PINNED }, '');
  writeFileSync(
    join(dirname(file), '../../piscina/dist/worker.js'),
    'const { threadId, workerData, parentPort } = require("node:worker_threads");parentPort.on("message", () => {}).postMessage([threadId, workerData]);',
  );
  const engine = engineOf(file);
  const worker = engine.begin!({ workerData: 'given' });
  const { Piscina } = engine.load();
  const pool = engine.handing(worker, () => new Piscina({ minThreads: 1, maxThreads: 1, workerData: 'not looked at again' }));
  const [[threadId, workerData]] = await once(pool, 'message');
  assert.equal(pool.threads[0], worker);
  assert.deepEqual([threadId, workerData], [worker.threadId, 'given']);
  await pool.destroy();
  const another = new Piscina({ minThreads: 1, maxThreads: 1, workerData: 'its own' });
  assert.equal((await once(another, 'message'))[0][1], 'its own');
  await another.destroy();
});

test('what Node has against the settings of the first thread is told by the constructor, and nothing is left', () => {
  const program = `import('holdfast').then(async ({ Pool }) => {
    for (const options of [{ execArgv: ['--no-such-flag'] }, { workerData: () => {} }]) try { new Pool(options); } catch (error) { console.log(error.code); }
    const pool = new Pool({ filename: ${JSON.stringify(new URL('../fixtures/piscina/piscina-tasks.js', import.meta.url).href)} });
    console.log(await pool.run({ n: 4 })); });`;
  const printed = execFileSync(process.execPath, ['-e', program], { encoding: 'utf8', timeout: 60_000 });
  assert.deepEqual(printed.split('\n'), ['ERR_INVALID_OPTION', 'ERR_INVALID_OPTION', '8', '']);
});

test('where no folder has Piscina, Node is asked', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-piscina-'));
  t.after(() => rmSync(folder, { recursive: true }));
  copyFileSync(IN_ONE, join(folder, 'piscina.cjs'));
  assert.throws(() => engineOf(join(folder, 'piscina.cjs')).load(), { code: 'MODULE_NOT_FOUND' });
});

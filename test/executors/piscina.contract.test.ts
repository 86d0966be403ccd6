import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Piscina, version } from 'piscina';

// What src/executors/threads/host.ts relies on. A new version of Piscina has to pass this before the pin is moved.
const filename = fileURLToPath(new URL('../fixtures/contract-task.cjs', import.meta.url));
const settings = {
  filename,
  minThreads: 0,
  maxThreads: 1,
  idleTimeout: Number.POSITIVE_INFINITY,
  atomics: 'disabled',
  recordTiming: false,
} as const;

test('the pinned version is the one that is tested here', () => {
  assert.equal(version, '5.3.2');
});

test('no worker before the first task; the first task creates one, at once', async () => {
  const piscina = new Piscina(settings);
  assert.equal(piscina.threads.length, 0);
  const first = piscina.run('ping');
  assert.equal(piscina.threads.length, 1);
  assert.equal(await first, 'ping');
  assert.equal(piscina.threads.length, 1, 'an idle worker stays');
  await piscina.destroy();
});

test('a worker that dies is not replaced, and its death is told by the worker itself', async () => {
  const piscina = new Piscina(settings);
  piscina.on('error', () => {});
  const run = piscina.run('ping');
  const worker = piscina.threads[0]!;
  await run;
  const exited = once(worker, 'exit');
  void worker.terminate();
  await exited;
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(piscina.threads.length, 0);
  await piscina.destroy();
});

test('a worker that dies in its first task rejects that task, and nothing else happens', async () => {
  const piscina = new Piscina(settings);
  piscina.on('error', () => {});
  await assert.rejects(piscina.run('exit'));
  assert.equal(piscina.threads.length, 0);
  await piscina.destroy();
});

test('an idle worker does not keep the process alive, and booting prints no warning', () => {
  const program = `const { Piscina } = require('piscina');
    const piscina = new Piscina(${JSON.stringify({ ...settings, idleTimeout: undefined })});
    piscina.run('ping').then((answer) => process.stdout.write(answer));`;
  const output = execFileSync(process.execPath, ['-e', program], {
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    encoding: 'utf8',
    stdio: 'pipe',
  });
  assert.equal(output, 'ping');
});

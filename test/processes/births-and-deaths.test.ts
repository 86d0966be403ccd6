import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ControlBlock } from '../../src/core/wire/control-block.ts';
import { Marks, STRIDE } from '../../src/executors/processes/marks.ts';
import { PoolFailedError } from '../../src/index.ts';
import { probe } from '../executors/probe.ts';
import { further, oneIn, SOAK } from '../soak.ts';
import { alive, cellExecutor, openCells, SABOTEURS, stayAlive, until } from './stage.ts';

const test = oneIn(4, import.meta.url);

stayAlive();

test('100,000 threads, two at a time, leave their marks in the places of two; and the file has no name', () => {
  const marks = new Marks(1);
  const stays = marks.take();
  for (let i = 0; i < 100_000; i++) marks.giveBack(marks.take());
  const { size, nlink } = fstatSync(marks.descriptor);
  assert.ok(size <= 2 * STRIDE, `${size} bytes`);
  assert.equal(nlink, 0);
  marks.read(stays, new Uint8Array(ControlBlock.BYTES));
  marks.close();
});

test('threads that die one after another share a cell, and open nothing that stays open', async () => {
  const executor = cellExecutor();
  const pids = new Set<number>();
  const descriptors: number[] = [];
  for (let i = 0; i < (SOAK ? 12 : 5); i++) {
    const one = probe(executor);
    one.send(1, [{ name: 'exit', input: 3 }]);
    await one.until(() => one.exit !== undefined);
    one.release();
    assert.equal(one.exit!.exitCode, 3);
    for (const pid of executor.pids) pids.add(pid);
    if (process.platform === 'linux') descriptors.push(readdirSync(`/proc/${executor.pids[0]}/fd`).length);
  }
  assert.equal(pids.size, 1);
  assert.ok(Math.max(...descriptors.slice(2)) <= descriptors[1]! + 3, `descriptors of the cell: ${descriptors}`);
  await executor.close();
  assert.equal(alive([...pids][0]!), false);
});

test('a cell that stands empty goes', async () => {
  const executor = cellExecutor();
  const one = probe(executor);
  await one.until(() => one.ready);
  const [pid] = executor.pids;
  one.thread.terminate();
  await one.until(() => one.exit !== undefined);
  assert.deepEqual(executor.pids, [pid], 'its room is kept for a successor');
  await until(() => executor.pids.length === 0);
  assert.equal(alive(pid!), false);
  one.release();
  await executor.close();
});

further('a cell in which a thread could not start gets no second one', async () => {
  const executor = cellExecutor({ filename: new URL('../fixtures/broken-module.js', import.meta.url).href });
  const first = probe(executor);
  const [pid] = executor.pids;
  await first.until(() => first.exit !== undefined);
  const second = probe(executor);
  assert.notEqual(executor.pids.at(-1), pid);
  await second.until(() => second.exit !== undefined);
  await until(() => executor.pids.length === 0);
  first.release();
  second.release();
  await executor.close();
});

test('a cell that dies while it starts is a failed start', async () => {
  const executor = cellExecutor();
  const one = probe(executor);
  process.kill(executor.pids[0]!, 'SIGKILL');
  await one.until(() => one.exit !== undefined);
  assert.equal(one.exit!.cause, 'startup');
  assert.equal(one.exit!.signal, 'SIGKILL');
  one.release();
  await executor.close();
});

further('threads that are told to end while their cell starts have never been', async () => {
  const executor = cellExecutor();
  const both = [probe(executor), probe(executor)];
  const pids = [...executor.pids];
  assert.equal(pids.length, 2);
  for (const { thread } of both) thread.terminate();
  for (const one of both) await one.until(() => one.exit !== undefined);
  await executor.close();
  assert.equal(pids.some(alive), false);
  for (const one of both) one.release();
});

test('a process that cannot be started is a failed start; once it can be, all is well', async () => {
  const { execPath } = process;
  process.execPath = `${execPath}-that-is-not-there`;
  try {
    await using pool = openCells({ restart: { intensity: 100, minTimeout: 1, maxTimeout: 1 } });
    const exit = await new Promise<{ reason: string }>((resolve) => pool.once('workerExit', resolve));
    assert.equal(exit.reason, 'startup');
    process.execPath = execPath;
    assert.equal(await pool.run('at last'), 'at last');
  } finally {
    process.execPath = execPath;
  }
});

test('a process that can never be started fails the pool, and says why', async () => {
  const { execPath } = process;
  process.execPath = `${execPath}-that-is-not-there`;
  try {
    await using pool = openCells({ restart: { intensity: 1, minTimeout: 1 } });
    const error = await pool.run('never').catch((reason: unknown) => reason);
    assert.ok(error instanceof PoolFailedError);
    assert.equal(((error.cause as Error).cause as NodeJS.ErrnoException).code, 'ENOENT');
  } finally {
    process.execPath = execPath;
  }
});

further('where descriptors are scarce, starts fail and nothing else, and nothing is left lying', async (t) => {
  const temporary = mkdtempSync(join(tmpdir(), 'holdfast-'));
  t.after(() => rmSync(temporary, { recursive: true }));
  // The bundled form: the many files of the source cannot be read at the same time here.
  const program = `
    import { Pool } from '${new URL('../../esm/index.js', import.meta.url).href}';
    const pool = new Pool({ filename: '${SABOTEURS.href}', isolation: 'process', threads: 16, restart: { intensity: 3, minTimeout: 1 } });
    const outcome = await pool.run(1).catch((error) => error.code);
    await pool.close({ force: true });
    process.stdout.write(String(outcome));`;
  const node = spawn('sh', ['-c', 'ulimit -n 64; exec "$0" --input-type=module -e "$1"', process.execPath, program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: temporary },
  });
  let output = '';
  node.stdout.on('data', (text) => {
    output += text;
  });
  const [code] = await once(node, 'close');
  assert.match(output, /^(1|ERR_POOL_FAILED)$/);
  assert.equal(code, 0);
  assert.deepEqual(readdirSync(temporary), []);
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import Default, * as entry from '../../../src/adapters/piscina/index.ts';
import {
  ArrayTaskQueue,
  FixedQueue,
  isMovable,
  move,
  Piscina,
  queueOptionsSymbol,
  transferableSymbol,
  valueSymbol,
} from '../../../src/adapters/piscina/index.ts';
import { filename } from './programs.ts';

const moves = fileURLToPath(new URL('../../fixtures/piscina/piscina-moves.js', import.meta.url));

describe('the entry', () => {
  it('is the class, and the class has what stands beside it', () => {
    assert.equal(Default, Piscina);
    assert.equal(Piscina.Piscina, Piscina);
    assert.equal(Piscina.default, Piscina);
    assert.equal(Piscina.name, 'Piscina');
    for (const name of ['FixedQueue', 'ArrayTaskQueue', 'move', 'isMovable', 'isWorkerThread', 'version', 'workerData'] as const) {
      assert.equal(typeof Piscina[name], typeof entry[name], name);
    }
    assert.equal(Piscina.version, '5.3.2');
    assert.equal(Piscina.isWorkerThread, false);
    assert.deepEqual(
      [transferableSymbol, valueSymbol, queueOptionsSymbol],
      ['transferable', 'valueOf', 'queueOptions'].map((name) => Symbol.for(`Piscina.${name}`)),
    );
  });
});

describe('what a task imports of it', () => {
  it('moves buffers, views, and what is nested in an object that says so', async () => {
    const pool = new Piscina({ filename: moves, maxThreads: 1 });
    assert.equal(((await pool.run(10)) as ArrayBuffer).byteLength, 10);
    assert.deepEqual(await pool.run(3, { name: 'view' }), new Uint8Array([7, 7, 7]));
    assert.deepEqual(await pool.run(null, { name: 'nested' }), { a: new Uint8Array(3).fill(1), b: { c: new Uint8Array(4).fill(2) } });
    await pool.destroy();
  });

  it('says where it is, and what the pool was given', async () => {
    const pool = new Piscina({ filename: moves, maxThreads: 1, workerData: { seed: 4 } });
    assert.deepEqual(await pool.run(null, { name: 'where' }), { isWorkerThread: true, static: true, workerData: { seed: 4 }, same: true });
    await pool.destroy();
  });
});

describe('move', () => {
  it('marks, and isMovable tells', () => {
    const buffer = new ArrayBuffer(4);
    assert.equal(isMovable(buffer), false);
    const moved = move(buffer) as unknown as Record<symbol, unknown>;
    assert.equal(isMovable(moved), true);
    assert.equal(moved[transferableSymbol], buffer);
    assert.equal(moved[valueSymbol], buffer);
    const view = new Uint8Array(4);
    assert.equal((move(view) as unknown as Record<symbol, unknown>)[transferableSymbol], view.buffer);
  });

  it('leaves alone what can only be copied, and refuses nothing that Piscina takes', () => {
    for (const value of [1, 'text', null, undefined, true]) assert.equal(move(value), value);
  });
});

describe('the queues', () => {
  for (const Queue of [ArrayTaskQueue, FixedQueue]) {
    it(`${Queue.name}: first in, first out; any can be taken out`, () => {
      const queue = new Queue();
      const tasks = Array.from({ length: 5_000 }, (_, n) => ({ n, [queueOptionsSymbol]: null }));
      for (const task of tasks) queue.push(task);
      queue.remove(tasks[1]!);
      queue.remove(tasks[4_999]!);
      queue.remove({ [queueOptionsSymbol]: null });
      assert.equal(queue.size, 4_998);
      assert.equal(queue.shift(), tasks[0]);
      assert.equal(queue.shift(), tasks[2]);
      queue.unshift(tasks[0]!);
      assert.equal(queue.shift(), tasks[0]);
      queue.remove(tasks[4]!);
      const rest = [];
      for (let task = queue.shift(); task !== null; task = queue.shift()) rest.push(task);
      assert.deepEqual(rest, [tasks[3], ...tasks.slice(5, 4_999)]);
      assert.equal(queue.shift(), null);
      assert.equal(queue.size, 0);
    });
  }

  it('that keep tasks back, or give out what they were never given, harm no other task', async () => {
    let held = true;
    class Holding extends FixedQueue {
      override shift() {
        return held ? null : super.shift();
      }
    }
    const pool = new Piscina({ filename, minThreads: 1, maxThreads: 1, taskQueue: new Holding() });
    const [first, second] = [pool.run({ n: 1 }), pool.run({ n: 2 })];
    assert.equal(await first, 2);
    held = false;
    assert.equal(await pool.run({ n: 3 }), 6);
    assert.equal(await second, 4);
    await pool.destroy();
  });

  it('that keep tasks for ever lose them to destroy, which rejects them', async () => {
    const kept: unknown[] = [];
    const taskQueue = { size: 0, shift: () => null, push: (task: unknown) => void kept.push(task), remove: () => {} };
    const pool = new Piscina({ filename, minThreads: 1, maxThreads: 1, taskQueue });
    const runs = [pool.run({ n: 1 }), pool.run({ n: 2 })];
    await runs[0];
    const rejected = assert.rejects(runs[1]!, /Terminating worker thread/);
    await pool.destroy();
    await rejected;
    assert.equal(kept.length, 1);
  });
});

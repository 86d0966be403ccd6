import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { move as piscinasMove } from 'piscina';
import { move, Pool } from '../../src/index.ts';
import { transfer } from '../../src/thread/worker.ts';
import { failure } from './stage.ts';

type Tasks = typeof import('../fixtures/moved-tasks.ts');

function open(t: TestContext): Pool<Tasks> {
  const pool = new Pool<Tasks>({ filename: new URL('../fixtures/moved-tasks.js', import.meta.url), threads: 1, spares: 0 });
  t.after(() => pool.close({ force: true }));
  return pool;
}

test('an input that was marked moves to the thread, whoever marked it', async (t) => {
  const pool = open(t);
  for (const mark of [move, piscinasMove, (buffer: ArrayBuffer) => transfer(buffer, [buffer])]) {
    const buffer = new ArrayBuffer(64);
    assert.equal(await pool.run(mark(buffer) as ArrayBuffer, { name: 'byteLength' }), 64);
    assert.equal(buffer.byteLength, 0, 'it has moved away');
  }
  const view = new Uint8Array(8);
  assert.equal(await pool.run(move(view), { name: 'isView' }), true);
  assert.equal(view.length, 0);
  const [one, other] = [new ArrayBuffer(8), new ArrayBuffer(16)];
  await pool.run(move(one), { name: 'byteLength', transferList: [other] });
  assert.deepEqual([one.byteLength, other.byteLength], [0, 0]);
  assert.equal(await pool.run(move(5) as never, { name: 'isView' }), false, 'what is no object goes as it is');
});

test('so does a result', async (t) => {
  const pool = open(t);
  for (const name of ['ours', 'piscinas'] as const) {
    assert.equal(((await pool.run(32, { name })) as ArrayBuffer).byteLength, 32);
    assert.equal(await pool.run(undefined as never, { name: 'left' }), 0, `${name}: it has moved away`);
  }
  assert.deepEqual(await pool.run(3, { name: 'piscinasView' }), new Uint8Array([7, 7, 7]));
  assert.equal(await pool.run(undefined as never, { name: 'left' }), 0);
});

test('what nobody has marked is copied', async (t) => {
  const pool = open(t);
  assert.deepEqual(await pool.run(4, { name: 'unmarked' }), { copied: new ArrayBuffer(4) });
  assert.equal(await pool.run(undefined as never, { name: 'left' }), 4);
});

test('map copies its items, marked or not', async (t) => {
  const pool = open(t);
  const buffer = new ArrayBuffer(8);
  for await (const length of pool.map([move(buffer), buffer], { name: 'byteLength' })) assert.equal(length, 8);
  assert.equal(buffer.byteLength, 8);
});

test('what moves cannot be sent to several threads', async (t) => {
  const pool = open(t);
  const error = await failure(pool.run(move(new ArrayBuffer(8)), { name: 'byteLength', redundancy: 2 }));
  assert.equal(error.code, 'ERR_INVALID_OPTION');
});

test('a proxy that throws when it is looked at is refused as what cannot be sent', async (t) => {
  const pool = open(t);
  const hostile = new Proxy(
    {},
    {
      has: () => {
        throw new Error('do not look');
      },
    },
  );
  assert.equal((await failure(pool.run(hostile as never, { name: 'byteLength' }))).code, 'ERR_TASK_NOT_CLONEABLE');
});

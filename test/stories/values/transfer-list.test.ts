import assert from 'node:assert/strict';
import { attemptsOf } from '../../../src/index.ts';
import { oneIn } from '../../soak.ts';
import { failure, open } from '../stage.ts';

const test = oneIn(4, import.meta.url);

test('moved memory arrives whole, whatever runs beside and before it', async (t) => {
  const pool = open(t, { threads: 2, spares: 0 });
  await pool.ready();
  for (let i = 0; i < 50; i++) await pool.run(i); // Until tasks travel in bundles.
  for (let round = 0; round < 10; round++) {
    const long = [pool.run(3, { name: 'busy' }), pool.run(1, { name: 'busy' })];
    const buffers = [8, 16, 24, 32, 40, 48].map((size) => new ArrayBuffer(size));
    const lengths = buffers.map((buffer) => pool.run(buffer, { name: 'byteLength', transferList: [buffer] }));
    assert.deepEqual(await Promise.all(lengths), [8, 16, 24, 32, 40, 48]);
    assert.deepEqual(
      buffers.map((buffer) => buffer.byteLength),
      [0, 0, 0, 0, 0, 0],
      'the memory has moved away',
    );
    await Promise.all(long);
  }
});

test('a task with moved memory gets its turn while others keep coming', async (t) => {
  const pool = open(t, { spares: 0 });
  await pool.ready();
  let moved: number | undefined;
  const stream: Promise<unknown>[] = [];
  const feed = (n: number): void => {
    if (moved === undefined) stream.push(pool.run(n).then(() => feed(n + 1)));
  };
  for (let i = 0; i < 64; i++) feed(i);
  for (let i = 0; i < 500; i++) await pool.run(i);
  const buffer = new ArrayBuffer(8);
  moved = (await pool.run(buffer, { name: 'byteLength', transferList: [buffer] })) as number;
  assert.equal(moved, 8);
  await Promise.all(stream);
});

test('it is started at most once: a crash is its last word', async (t) => {
  const pool = open(t);
  const buffer = new ArrayBuffer(8);
  const error = await failure(pool.run(buffer, { name: 'crash', transferList: [buffer], retry: 5 } as never));
  assert.equal(error.code, 'ERR_WORKER_CRASHED');
  assert.equal(attemptsOf(error).length, 1);
});

test('a list that names what cannot be moved is a clone error, and the thread lives', async (t) => {
  const pool = open(t, { spares: 0 });
  const before = await pool.run(0, { name: 'threadId' });
  const buffer = new ArrayBuffer(8);
  assert.equal((await failure(pool.run(1, { transferList: [{}] as never }))).code, 'ERR_TASK_NOT_CLONEABLE');
  assert.equal((await failure(pool.run(1, { transferList: [buffer, buffer] }))).code, 'ERR_TASK_NOT_CLONEABLE');
  assert.equal(await pool.run(0, { name: 'threadId' }), before);
});

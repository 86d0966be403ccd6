import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Block, Frame, Snapshot, Tick } from '../../src/observe/frames.ts';
import { MOST_STREAMS, Streams } from '../../src/observe/http/streams.ts';
import { further, oneIn, SOAK } from '../soak.ts';
import { ask, frames, get, raw, watched } from './asking.ts';

const test = oneIn(4, import.meta.url);

const attempts = (all: readonly Block[]): number => all.reduce((sum, [, , , , count]) => sum + count, 0);

test('a page that comes is told all there is, then what is new', async (t) => {
  const { pool, page } = await watched(t);
  await pool.ready();
  let fed: Promise<unknown> | undefined;
  const heard = await frames<Frame>(page.url, (all) => {
    if (all.length > 0) fed ??= Promise.all(Array.from({ length: 5_000 }, (_, i) => pool.run(i)));
    return all.some((frame) => frame.type === 'tick' && frame.stats.fulfilled === 5_000 && attempts(blocksOf(all)) >= 5_000);
  });
  await fed;
  const [first, ...rest] = heard;
  assert.equal(first!.type, 'snapshot');
  assert.ok(rest.every(({ type }) => type === 'tick'));
  assert.equal(attempts(blocksOf(heard)), 5_000, 'no attempt is left out');
  assert.ok(blocksOf(heard).length < 2_000, 'and not each is a block');
});

const blocksOf = (all: readonly Frame[]): Block[] => all.flatMap(({ blocks }) => blocks);

test('while no page is open, no attempt is watched', async (t) => {
  const { pool, page } = await watched(t);
  await pool.run(1);
  await frames<Frame>(page.url, (all) => all.length > 1);
  const before = page.report();
  for (let i = 0; i < 50; i++) await pool.run(i);
  const blocks = (html: string): number => (JSON.parse(/id="data">(.*?)<\/script>/.exec(html)![1]!) as Snapshot).blocks.length;
  assert.equal(blocks(page.report()), blocks(before));
});

further('the last failures are kept while no page is open, however many there were before', async (t) => {
  const { pool, page } = await watched(t);
  const newest = async (n: number): Promise<boolean> => {
    await assert.rejects(pool.run(`number ${n}`, { name: 'fail' }));
    return page.report().includes(`number ${n}`);
  };
  // A report looks first, as each tick does.
  for (let n = 0; n < 60; n++) await newest(n);
  assert.ok(await newest(60));
});

/** Far more than are served at a time. */
const CLIENTS = SOAK ? 1_000 : 250;

test('a crowd of clients is answered, and the pool works on', async (t) => {
  const { pool, page, port } = await watched(t);
  const sockets: Socket[] = [];
  t.after(() => {
    for (const socket of sockets) socket.destroy();
  });
  for (let i = 0; i < CLIENTS; i++) {
    const socket = connect(port, '127.0.0.1', () => socket.write(get('/events')));
    socket.on('error', () => {});
    if (i % 2 === 0) socket.resume(); // The others never read.
    sockets.push(socket);
  }
  await Promise.all(
    sockets.map((socket) =>
      socket.connecting ? Promise.race([once(socket, 'connect'), once(socket, 'close')]).catch(() => {}) : undefined,
    ),
  );
  assert.equal((await Promise.all(Array.from({ length: 500 }, (_, i) => pool.run(i)))).length, 500);
  for (const socket of sockets) socket.destroy();
  // When they have gone, the next one is served.
  while ((await ask(port, get('/stats'))) !== 200);
  const [first] = await frames<Frame>(page.url, (all) => all.length > 0);
  assert.equal(first!.type, 'snapshot');
});

/** A response whose reader does what the test says. */
class FakeResponse {
  writableLength = 0;
  destroyed = false;
  readonly got: string[] = [];
  readonly #listeners: (() => void)[] = [];
  writeHead(): this {
    return this;
  }
  write(text: string | Buffer): boolean {
    this.got.push(String(text));
    return true;
  }
  end(): void {}
  on(name: string, listener: () => void): this {
    if (name === 'close') this.#listeners.push(listener);
    return this;
  }
  destroy(): void {
    this.destroyed = true;
    for (const listener of this.#listeners) listener();
  }
  get headersSent(): boolean {
    return false;
  }
}

function stage() {
  let tell: (tick: Tick) => void = () => {};
  let follows = 0;
  const recorder = {
    follow: (listener: (tick: Tick) => void) => {
      tell = listener;
      follows++;
      return () => {
        follows--;
      };
    },
    look: () => {},
    snapshot: () => ({ type: 'snapshot' }),
  };
  const streams = new Streams(recorder as never);
  const join = (): FakeResponse => {
    const response = new FakeResponse();
    streams.open({ method: 'GET' } as never, response as never);
    return response;
  };
  const tick = (): void => tell({ type: 'tick' } as Tick);
  return { streams, join, tick, follows: () => follows };
}

const typesOf = ({ got }: FakeResponse): string[] => got.flatMap((text) => /"type":"(\w+)"/.exec(text)?.[1] ?? []);

test('a reader that does not keep up gets nothing until it has, then one snapshot', () => {
  const { join, tick } = stage();
  const slow = join();
  const other = join();
  tick();
  tick();
  slow.writableLength = 300_000;
  for (let i = 0; i < 50; i++) tick();
  slow.writableLength = 0;
  tick();
  tick();
  assert.deepEqual(typesOf(slow), ['snapshot', 'tick', 'snapshot', 'tick']);
  assert.equal(typesOf(other).filter((type) => type === 'tick').length, 53);
});

test('one that never reads is dropped, and nobody is followed for nobody', () => {
  const { streams, join, tick, follows } = stage();
  const dead = join();
  assert.equal(follows(), 1);
  tick();
  dead.writableLength = 300_000;
  for (let i = 0; i < 200 && !dead.destroyed; i++) tick();
  assert.ok(dead.destroyed);
  assert.deepEqual([streams.size, follows()], [0, 0]);
  assert.equal(dead.got.length, 2, 'what waits for it does not grow');
});

test('there are so many streams and no more', async (t) => {
  const { port } = await watched(t);
  const sockets = Array.from({ length: MOST_STREAMS }, () => connect(port, '127.0.0.1'));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
  });
  for (const socket of sockets) {
    socket.write(get('/events'));
    await once(socket, 'data');
  }
  assert.match(await raw(port, get('/events')), /^HTTP\/1\.1 503[\s\S]*retry-after: 10/i);
  assert.equal(await ask(port, get('/')), 200);
});

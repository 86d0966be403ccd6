import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe } from 'node:test';
import { type PartitionedServer, type PartitionedServerOptions, serverChild, startServer } from '../../src/server/index.ts';
import { placeOf } from '../../src/server/partitions/place-of.ts';
import { Supervisor } from '../../src/supervision/index.ts';
import { further, oneIn } from '../soak.ts';
import { CART, type Cart, codeOf, PATIENT, until } from './stage.ts';

const it = oneIn(4, import.meta.url);

const folder = mkdtempSync(join(tmpdir(), 'holdfast-partitions-'));
after(() => rmSync(folder, { recursive: true }));

/** A message of `add` goes by its sku; everything else by what it is. */
const key = (message: unknown): string => String((message as { sku?: string } | undefined)?.sku ?? message);
const options = (more: Partial<PartitionedServerOptions<Cart>> = {}): PartitionedServerOptions<Cart> => ({
  filename: CART,
  options: { limit: 100 },
  partitions: { count: 3, key },
  ...PATIENT,
  restart: { intensity: 1_000, minTimeout: 0 },
  ...more,
});
const start = (more: Partial<PartitionedServerOptions<Cart>> = {}): Promise<PartitionedServer<Cart>> => startServer<Cart>(options(more));
const SKUS = ['apple', 'pear', 'plum', 'fig', 'kiwi', 'lime', 'date', 'sloe'];

describe('partitions', () => {
  it('have the state of their own keys each, and a message goes to the one of its key', async () => {
    await using carts = await start();
    for (const sku of SKUS) assert.equal(await carts.call('add', { sku, count: 2 }), 2);
    for (const sku of SKUS) assert.equal(await carts.call('of', sku), 2);
    const counts = await carts.callAll('count');
    assert.equal(counts.length, 3);
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      SKUS.length,
    );
    assert.ok(counts.every((count) => count > 0));
    carts.castAll('clear');
    assert.deepEqual(await carts.callAll('count'), [0, 0, 0]);
    carts.cast('mark', 'fig');
    assert.deepEqual(await carts.partitionOf('fig').call('seen'), ['fig']);
    carts.send('fig');
    assert.deepEqual(await carts.partitionOf('fig').call('seen'), ['fig', { info: 'fig' }]);
  });

  it('die and come back apart from each other, and events say which', async () => {
    await using carts = await start();
    const died: number[] = [];
    const note = ({ partition }: { partition: number }): unknown => died.push(partition);
    carts.on('threadExit', note);
    for (const sku of SKUS) await carts.call('add', { sku, count: 1 });
    const struck = placeOf('fig', 3);
    assert.equal(await codeOf(carts.partitions[struck]!.call('exits', 1)), 'ERR_SERVER_CRASHED');
    for (const sku of SKUS) assert.equal(await carts.call('of', sku), 1);
    assert.ok(died.length > 0 && died.every((place) => place === struck));
    assert.deepEqual(
      carts.status().map(({ restarts }) => restarts > 0),
      [0, 1, 2].map((place) => place === struck),
    );
    carts.off('threadExit', note);
    const before = died.length;
    await codeOf(carts.partitions[struck]!.call('exits', 1));
    assert.equal(died.length, before);
  });

  further('that gives up takes no other along; all have ended when the last has', async () => {
    const carts = await start({ restart: { intensity: 0 } });
    const struck = carts.partitionOf('fig');
    await codeOf(struck.call('throws', 'boom'));
    assert.equal((await struck.exited).kind, 'error');
    assert.equal(await codeOf(carts.call('of', 'fig')), 'ERR_SERVER_FAILED');
    const other = SKUS.find((sku) => carts.partitionOf(sku) !== struck)!;
    assert.equal(await carts.call('add', { sku: other, count: 1 }), 1);
    assert.equal((await carts.stop()).kind, 'error');
  });

  it('keep a journal each, and refuse another count', async () => {
    const journal = join(folder, 'carts');
    const before = await start({ journal });
    for (const sku of SKUS) await before.call('add', { sku, count: 3 });
    await before.kill();
    assert.deepEqual(
      readdirSync(folder).filter((name) => !name.endsWith('.lock')),
      ['carts.0', 'carts.1', 'carts.2', 'carts.partitions'],
    );
    assert.equal(await codeOf(start({ journal, partitions: { count: 4, key } })), 'ERR_SERVER_JOURNAL_OTHER');
    await using second = await start({ journal });
    for (const sku of SKUS) assert.equal(await second.call('of', sku), 3);
  });

  further('begin where a full disk has left an empty file in the place of their count', async () => {
    const journal = join(folder, 'torn');
    writeFileSync(`${journal}.partitions`, '');
    await using carts = await start({ journal });
    assert.equal(readFileSync(`${journal}.partitions`, 'utf8'), `${carts.partitions.length}\n`);
  });

  it('are a child of a supervisor, and stand in its tree', async () => {
    const supervisor = new Supervisor({ children: [serverChild<Cart>(options({ name: 'carts' }))] });
    await supervisor.start();
    const [carts] = supervisor.tree().children!;
    await until(() => supervisor.tree().children![0]!.state === 'running');
    assert.deepEqual(
      carts!.children!.map(({ id }) => id),
      ['carts/0', 'carts/1', 'carts/2'],
    );
    await supervisor.stop();
  });

  it('are refused with a count or a key that is none, and all end if one does not start', async () => {
    for (const partitions of [{ count: 0, key }, { count: 2 }, { key }, { count: 2, key: 'sku' }, { count: 2, key, by: 1 }])
      assert.equal(await codeOf(start({ partitions: partitions as never })), 'ERR_INVALID_OPTION', JSON.stringify(partitions));
    await using carts = await start({ name: 'taken', partitions: { count: 1, key: () => ({}) as never } });
    await assert.rejects(carts.call('of', 'fig'), { code: 'ERR_SERVER_MESSAGE', message: /partitions.key: Expected a string/ });
    assert.equal(await codeOf(start({ name: 'taken' })), 'ERR_SERVER_NAME');
    await (await start({ name: 'others' })).stop();
  });

  it('place a key where every other program places it, evenly', () => {
    assert.deepEqual(
      ['fig', 7, 7n, '7', -1.5, ''].map((each) => placeOf(each, 1_000)),
      PLACES,
    );
    const counts = [0, 0, 0, 0, 0, 0, 0, 0];
    for (let i = 0; i < 8_000; i++) counts[placeOf(`customer-${i}`, 8)]!++;
    assert.ok(
      counts.every((count) => count > 850 && count < 1_150),
      counts.join(' '),
    );
    for (const bad of [Number.NaN, undefined, null, {}, Symbol('s')])
      assert.throws(() => placeOf(bad as never, 3), { code: 'ERR_SERVER_MESSAGE' });
  });
});

/** Written down once: another function would leave every journal behind. */
const PLACES = [582, 381, 381, 381, 201, 923];

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServer } from '../../../src/server/index.ts';
import { oneIn } from '../../soak.ts';
import { CART, codeOf, nextOf, PATIENT, startCart, until } from '../stage.ts';

const it = oneIn(2, import.meta.url);

const refused = { code: 'ERR_INVALID_OPTION' };

it('what is no server, time or option is refused where it is given, and the server goes on', async () => {
  await using cart = await startCart();
  for (const other of [undefined, null, {}, 5, { name: 'x', exited: Promise.resolve() }, { partitions: [{}] }]) {
    assert.throws(() => cart.link(other as never), refused);
    assert.throws(() => cart.monitor(other as never), { ...refused, message: /Expected a server that startServer has started/ });
  }
  for (const timeout of [Number.NaN, -1, '5']) {
    assert.equal(await codeOf(cart.stop({ timeout } as never)), 'ERR_INVALID_OPTION');
    assert.equal(await codeOf(cart.call('count', undefined, { timeout } as never)), 'ERR_INVALID_OPTION');
  }
  assert.equal(await codeOf(cart.call('count', undefined, { timeout: 0 })), 'ERR_INVALID_OPTION');
  await assert.rejects(cart.call('count', undefined, { signal: AbortSignal.abort() } as never), { ...refused, message: /signal/ });
  assert.throws(() => cart.on('exit', 3 as never), refused);
  for (const options of [undefined, null, 3]) assert.equal(await codeOf(startServer(options as never)), 'ERR_INVALID_OPTION');
  assert.deepEqual([await cart.call('count'), cart.status().mailbox, cart.status().state], [0, 0, 'open']);
});

it('flags that Node refuses end the start, and leave neither the name nor the journal taken', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-flags-'));
  const journal = join(folder, 'journal');
  try {
    for (const more of [
      { execArgv: ['--bogus'] },
      { env: { NODE_OPTIONS: '--bogus' } },
      { execArgv: ['--bogus'], isolation: 'process' as const },
    ])
      assert.equal(await codeOf(startCart({ name: 'flagged', journal, ...more })), 'ERR_INVALID_OPTION');
    await (await startCart({ name: 'flagged', journal })).stop();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('partitions are monitored and linked as one server', async () => {
  await using watcher = await startCart();
  const many = await startServer<typeof import('../fixtures/cart.ts')>({
    filename: CART,
    options: { limit: 1 },
    name: 'many',
    partitions: { count: 2, key: () => 'one' },
    ...PATIENT,
  });
  watcher.monitor(many);
  const linked = await startCart();
  linked.link(many);
  const end = nextOf(linked, 'exit');
  const [first, second] = many.partitions;
  await first!.kill();
  assert.equal(second!.status().state, 'open', 'the other one goes on');
  await second!.kill();
  assert.deepEqual((await end).reason, { kind: 'killed' });
  await until(async () => (await watcher.call('seen')).length > 0);
  assert.deepEqual(await watcher.call('seen'), [{ info: { type: 'down', server: 'many', reason: { kind: 'killed' } } }]);
});

it('a program that waits only for the end of a server that it has killed lives until then', () => {
  const program = fileURLToPath(new URL('../fixtures/killer.js', import.meta.url));
  for (const isolation of ['process', 'thread']) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, isolation], { encoding: 'utf8' });
    assert.deepEqual([status, stdout], [0, 'killed'], stderr);
  }
});

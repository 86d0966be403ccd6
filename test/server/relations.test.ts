import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { NoQuorumError } from '../../src/core/errors.ts';
import { seeded } from '../../src/core/random.ts';
import { type Server, serverChild, startServer } from '../../src/server/index.ts';
import { Supervisor } from '../../src/supervision/index.ts';
import { first, further, oneIn } from '../soak.ts';
import { CART, type Cart, codeOf, nextOf, PATIENT, startCart, until } from './stage.ts';

const it = oneIn(4, import.meta.url);

describe('servers among each other', () => {
  const filename = new URL('./fixtures/callers.js', import.meta.url);
  type Callers = typeof import('./fixtures/callers.ts');
  const start = (name: string, more: object = {}) =>
    startServer<Callers>({ filename, name, ...PATIENT, restart: { intensity: 100, minTimeout: 0 }, ...more });

  it('call each other by name, and a replay hears the same answer without asking again', async () => {
    await using one = await start('one');
    await using two = await start('two');
    assert.equal(await one.call('ask', 'two'), 1);
    assert.equal(await codeOf(one.call('die')), 'ERR_SERVER_CRASHED');
    assert.deepEqual(await one.call('heard'), [1]);
    assert.equal(await two.call('asked'), 1);
  });

  further('refuse a call to oneself, and one that would come round to oneself', async () => {
    await using one = await start('one');
    await using two = await start('two');
    assert.equal(await codeOf(one.call('ask', 'one')), 'ERR_SERVER_CYCLE');
    assert.equal(await codeOf(one.call('askThrough', ['two', 'one'])), 'ERR_SERVER_CYCLE');
    assert.equal(await codeOf(one.call('ask', 'nobody')), 'ERR_SERVER_UNKNOWN');
    assert.equal(one.status().restarts + two.status().restarts, 0);
  });

  it('tell monitors of their end, once, and links of an abnormal one', async () => {
    await using watcher = await startCart({ name: 'watcher' });
    const watched = await startCart({ name: 'watched' });
    watcher.monitor(watched);
    await watched.stop();
    await until(async () => (await watcher.call('seen')).length > 0);
    assert.deepEqual(await watcher.call('seen'), [{ info: { type: 'down', server: 'watched', reason: { kind: 'shutdown' } } }]);
    const [a, b, trap] = await Promise.all([startCart(), startCart(), startCart({ trapExits: true })]);
    a.link(b);
    trap.link(a);
    await b.kill();
    assert.deepEqual(await a.exited, { kind: 'killed' });
    await until(async () => (await trap.call('seen')).length > 0);
    assert.deepEqual(await trap.call('seen'), [{ info: { type: 'exit', server: a.name, reason: { kind: 'killed' } } }]);
    await trap.stop();
  });

  it('stand under supervisors, which restart one that has given up', async () => {
    const child = serverChild<Cart>({ filename: CART, options: { limit: 1 }, name: 'supervised', restart: { intensity: 0 } });
    let latest: Server<Cart> | undefined;
    const start = async (...told: Parameters<typeof child.start>) => {
      latest = (await child.start(...told)) as Server<Cart>;
      return latest;
    };
    const supervisor = new Supervisor({ children: [{ ...child, start }] });
    await supervisor.start();
    assert.equal(supervisor.tree().children?.[0]?.state, 'running');
    const former = latest!;
    await codeOf(former.call('throws', 'boom'));
    await until(() => latest !== former);
    assert.equal(await latest!.call('note', 'anew'), 1);
    await supervisor.stop();
  });

  further('answer a call that another one was asked', async () => {
    await using one = await start('one');
    await using _two = await start('two');
    assert.equal(await one.call('forward', 'two'), 'by two');
  });

  it('call terminate once, with the reason, when the server ends, and not when a thread dies', async () => {
    for (const more of first(1, [{}, { replicas: 3 }])) {
      await using last = await startCart({ name: 'the last to hear' });
      const one = await start('one', more);
      await codeOf(one.call('die'));
      await one.stop({ reason: { kind: 'normal' } });
      assert.deepEqual(await last.call('seen'), [{ kind: 'normal' }]);
      const two = await start('two', more);
      await two.kill();
      assert.deepEqual(await last.call('seen'), [{ kind: 'normal' }], 'nor when it is killed');
    }
  });
});

describe('a standby and replicas', () => {
  it('a standby goes on with the state when the thread dies', async () => {
    await using cart = await startCart({ standby: 1 });
    await until(() => cart.status().threads.filter(({ state }) => state === 'live').length === 2);
    for (let i = 0; i < 20; i++) await cart.call('note', i);
    const tookOver = nextOf(cart, 'takeOver');
    assert.equal(await codeOf(cart.call('throws', 'boom')).then((error) => (error as Error).message), 'boom');
    await tookOver;
    assert.deepEqual(
      await cart.call('seen'),
      Array.from({ length: 20 }, (_, i) => i),
    );
  });

  it('no two replicas that live at the same time have the same number', async () => {
    const filename = new URL('./fixtures/wrong.js', import.meta.url);
    await using server = await startServer<typeof import('./fixtures/wrong.ts')>({
      filename,
      replicas: 3,
      ...PATIENT,
      restart: { intensity: 100, minTimeout: 0 },
    });
    for (const replica of first(1, [1, 2, 1])) {
      assert.equal(await server.call('leave', replica), replica);
      await until(() => server.status().threads.filter(({ state }) => state === 'live').length === 3);
      const said = await server.call('who').catch((error: NoQuorumError) => error.ballots.map(({ value }) => value));
      assert.deepEqual([...(said as number[])].sort(), [0, 1, 2]);
    }
  });

  it('a replica that is silently wrong, in a reply or in its state, is outvoted, convicted and rebuilt', async () => {
    const seed = Number(process.env.HOLDFAST_SEED ?? Math.floor(Math.random() * 1e6));
    console.log(`HOLDFAST_SEED=${seed}`);
    const random = seeded(seed);
    const filename = new URL('./fixtures/wrong.js', import.meta.url);
    const server = await startServer<typeof import('./fixtures/wrong.ts')>({
      filename,
      replicas: 3,
      snapshotEvery: 10,
      ...PATIENT,
      restart: { intensity: 100, minTimeout: 0 },
    });
    let convictions = 0;
    server.on('conviction', () => convictions++);
    let sum = 0;
    for (let i = 0; i < 60; i++) {
      const [n, spoil] = [Math.floor(random() * 10), random() < 0.1 ? (['reply', 'state'] as const)[i % 2] : undefined];
      sum += n;
      assert.equal(await server.call('add', { n, spoil }), sum);
    }
    await server.call('add', { n: 0, spoil: 'reply' });
    await until(() => convictions > 0);
    assert.equal(await server.call('sum'), sum);
    await server.stop();
  });
});

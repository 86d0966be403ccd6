import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { startServer } from '../../src/server/index.ts';
import { first, further, oneIn } from '../soak.ts';
import { CART, type Cart, codeOf, PATIENT, startCart, until } from './stage.ts';

const it = oneIn(4, import.meta.url);

describe('the end', () => {
  it('stop handles what was sent before, and refuses what comes after', async () => {
    const cart = await startCart();
    const before = cart.call('slow', 5);
    const stopped = cart.stop();
    assert.equal(await codeOf(cart.call('count')), 'ERR_SERVER_STOPPED');
    assert.throws(() => cart.cast('clear'), { code: 'ERR_SERVER_STOPPED' });
    assert.equal(await before, 5);
    assert.deepEqual(await stopped, { kind: 'shutdown' });
    assert.deepEqual(await cart.stop(), { kind: 'shutdown' }, 'any number of times');
  });

  it('stop has a limit, after which whoever waits is told', async () => {
    const cart = await startCart();
    const endless = codeOf(cart.call('loops'));
    const behind = codeOf(cart.call('note', 1));
    assert.deepEqual(await cart.stop({ timeout: 20 }), { kind: 'shutdown' });
    assert.deepEqual(await Promise.all([endless, behind]), ['ERR_SERVER_STOPPED', 'ERR_SERVER_STOPPED']);
  });

  it('may come from a handler: its caller is answered, and what comes behind is not handled', async () => {
    const cart = await startCart();
    const calls = [cart.call('end'), cart.call('note', 'too late'), cart.call('count')].map(codeOf);
    assert.deepEqual(await Promise.all(calls), ['fulfilled: ending', 'ERR_SERVER_STOPPED', 'ERR_SERVER_STOPPED']);
    assert.deepEqual(await cart.exited, { kind: 'normal' });
  });

  further('with an error is an abnormal one', async () => {
    const cart = await startCart();
    await cart.call('end', new Error('enough'));
    const reason = await cart.exited;
    assert.equal(reason.kind, 'error');
    assert.match(String((reason as { error: unknown }).error), /enough/);
  });

  it('comes when threads die too often, with the cause, and nobody waits in vain', async () => {
    const cart = await startCart({ restart: { intensity: 2, minTimeout: 0 } });
    const calls = Array.from({ length: 5 }, (_, i) => codeOf(cart.call('throws', `no ${i}`)));
    const codes = await Promise.all(calls);
    assert.ok(codes.slice(0, 2).every((error) => error instanceof TypeError));
    assert.deepEqual(codes.slice(3), ['ERR_SERVER_FAILED', 'ERR_SERVER_FAILED']);
    assert.equal(await codeOf(cart.call('count')), 'ERR_SERVER_FAILED');
  });
});

describe('a start', () => {
  const start = (name: string, more: object = {}) =>
    startServer({ filename: new URL('./fixtures/starts.js', import.meta.url), export: name, ...PATIENT, ...more } as never);

  it('fails with what init throws, or has no time to do', async () => {
    await assert.rejects(
      start('throws'),
      ({ message, cause, code }: Error & { code?: string }) =>
        code === 'ERR_SERVER_START' && /init does not want to/.test(message) && cause instanceof RangeError,
    );
    await assert.rejects(start('hangs', { startTimeout: 30 }), { code: 'ERR_SERVER_START', message: /startTimeout \(30 ms\)/ });
    assert.equal(await codeOf(start('exits')), 'ERR_SERVER_START');
  });

  it('may find that there is nothing to run', async () => {
    assert.equal(await codeOf(start('ignores')), 'ERR_SERVER_IGNORED');
  });

  it('is refused for a module that is no server, a state that is none, or one that would come back without its methods', async () => {
    await assert.rejects(start('noServer'), {
      code: 'ERR_SERVER_MODULE',
      message: /Expected file:.* to export a server called "noServer"/,
    });
    await assert.rejects(start('classy'), { code: 'ERR_SERVER_STATE', message: /instance of Counter/ });
  });

  further('is refused for an export, a state or a snapshot of other kinds', async () => {
    await assert.rejects(start('missing'), { code: 'ERR_SERVER_MODULE' });
    assert.equal(await codeOf(start('primitive')), 'ERR_SERVER_STATE');
    await assert.rejects(start('uncloneable'), { code: 'ERR_SERVER_STATE', message: /snapshot and restore/ });
    await assert.rejects(start('asyncSnapshot'), { code: 'ERR_SERVER_ASYNC', message: /snapshot: Expected an answer at once/ });
    assert.equal(await codeOf(startServer({ filename: './nowhere.js' })), 'ERR_SERVER_START');
  });

  it('of a state of classes works with snapshot and restore, and without a log', async () => {
    for (const more of first(1, [{ export: 'restorable' }, { recover: 'init' }])) {
      await using server = (await start('classy', more)) as never as { call(name: string): Promise<number> } & AsyncDisposable;
      assert.equal(await server.call('add'), 1);
    }
  });

  further('is asynchronous where init is, sets timers and continues', async () => {
    await using server = (await start('busy')) as never as { call(name: string): Promise<unknown[]> } & AsyncDisposable;
    await until(async () => (await server.call('seen')).length === 2);
    assert.deepEqual(await server.call('seen'), ['continued', 'ticked']);
  });

  it('is refused for a name that is taken, until its server has ended', async () => {
    const one = await startCart({ name: 'the one' });
    assert.equal(await codeOf(startCart({ name: 'the one' })), 'ERR_SERVER_NAME');
    await one.stop();
    await (await startCart({ name: 'the one' })).stop();
  });

  it('is refused for options that are wrong', async () => {
    const bad = (options: object) => codeOf(startServer<Cart>({ filename: CART, options: { limit: 1 }, ...options } as never));
    for (const options of [
      { replicas: 2 },
      { recover: 'never' },
      { standby: -1 },
      { maxMailbox: 0 },
      { standbys: 1 },
      { recover: 'init', standby: 1 },
    ])
      assert.equal(await bad(options), 'ERR_INVALID_OPTION', JSON.stringify(options));
  });
});

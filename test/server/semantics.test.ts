import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'node:test';
import { first, further, oneIn } from '../soak.ts';
import { codeOf, nextOf, startCart, until } from './stage.ts';

const it = oneIn(4, import.meta.url);

const anyCall = (server: unknown) => (name: string) => (server as { call(name: string): Promise<unknown> }).call(name);

/** After the cases of gen_server's own suite: what a caller can rely on. */
describe('call', () => {
  it('replies, first in, first out, and nothing overtakes an asynchronous handler', async () => {
    await using cart = await startCart();
    const order = await Promise.all([cart.call('note', 'a'), cart.call('slow', 5), cart.call('note', 'b'), cart.call('seen')]);
    assert.deepEqual(order, [1, 5, 3, ['a', 5, 'b']]);
  });

  further('answers with the error of fail, and the server lives with its state', async () => {
    await using cart = await startCart();
    for (const sku of ['a', 'b', 'c']) await cart.call('add', { sku, count: 1 });
    await assert.rejects(cart.call('add', { sku: 'd', count: 1 }), { name: 'RangeError', message: 'full' });
    assert.equal(await cart.call('count'), 3);
    assert.equal(cart.status().restarts, 0);
  });

  it('rejects with what the handler throws; the state is as before it', async () => {
    await using cart = await startCart();
    await cart.call('note', 'before');
    await assert.rejects(cart.call('throws', 'boom'), { name: 'TypeError', message: 'boom' });
    assert.deepEqual(await cart.call('seen'), ['before']);
    assert.equal(cart.status().restarts, 1);
  });

  it('rejects after its timeout, and a late reply is dropped', async (t) => {
    await using cart = await startCart();
    const late = nextOf(cart, 'lateReply');
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const gate = join(folder, 'gate');
    // However long the machine takes: the handler ends only when its caller has been told.
    assert.equal(await codeOf(cart.call('gated', gate, { timeout: 1 })), 'ERR_SERVER_TIMEOUT');
    writeFileSync(gate, '');
    assert.equal((await late).seq, 1);
    assert.deepEqual(await cart.call('seen'), ['gated'], 'the handler had begun, and was not stopped');
  });

  further('whose time is over while it is in the mailbox never runs', async () => {
    await using cart = await startCart({ maxMailbox: Number.POSITIVE_INFINITY });
    const filler = Array.from({ length: 600 }, (_, i) => cart.call('note', i, { timeout: Number.POSITIVE_INFINITY }));
    const slow = cart.call('slow', 400);
    const more = Array.from({ length: 600 }, () => cart.call('note', 'x').catch(() => {}));
    const doomed = cart.call('note', 'doomed', { timeout: 50 });
    assert.equal(await codeOf(doomed), 'ERR_SERVER_TIMEOUT');
    await Promise.all([...filler, slow, ...more]);
    assert.ok(!(await cart.call('seen')).includes('doomed'));
  });

  further('may be answered later, by another handler, also with an error', async () => {
    await using cart = await startCart();
    const [one, other] = [cart.call('later'), cart.call('later')];
    assert.equal(await cart.call('release', 'done'), 2);
    assert.deepEqual(await Promise.all([one, other]), ['done', 'done']);
  });

  it('that is to be answered later survives the thread', async () => {
    await using cart = await startCart();
    const waiting = cart.call('later');
    await codeOf(cart.call('exits', 1));
    await cart.call('release', 'still');
    assert.equal(await waiting, 'still');
  });

  it('is refused before it ran when the mailbox is full', async () => {
    await using cart = await startCart({ maxMailbox: 2 });
    const calls = [cart.call('slow', 5), cart.call('note', 'a'), cart.call('note', 'b'), cart.call('count')];
    assert.deepEqual(await Promise.all(calls.map(codeOf)), [
      'fulfilled: 5',
      'fulfilled: 2',
      'ERR_SERVER_MAILBOX_FULL',
      'ERR_SERVER_MAILBOX_FULL',
    ]);
    assert.deepEqual(await cart.call('seen'), [5, 'a']);
  });

  it('is refused before it ran when those that wait hold too many bytes; one alone may be of any size', async () => {
    for (const more of first(1, [{}, { replicas: 3 }, { standby: 1 }])) {
      await using cart = await startCart({ maxMailboxBytes: 10_000, ...more });
      const some = new Uint8Array(4_000);
      assert.equal(await cart.call('large', new Uint8Array(50_000)), 50_000);
      const calls = [
        cart.call('slow', 5),
        cart.call('large', some),
        cart.call('large', some),
        cart.call('large', some),
        cart.call('count'),
      ];
      assert.throws(() => cart.cast('clear', some as never), {
        code: 'ERR_SERVER_MAILBOX_FULL',
        message: /bytes wait already.*maxMailboxBytes/,
      });
      const codes = ['fulfilled: 5', 'fulfilled: 4000', 'fulfilled: 4000', 'ERR_SERVER_MAILBOX_FULL', 'fulfilled: 3'];
      assert.deepEqual(await Promise.all(calls.map(codeOf)), codes);
      await codeOf(cart.call('exits', 1));
      assert.equal(await cart.call('large', some), 4_000);
      await until(() => cart.status().mailboxBytes === 0);
    }
  });

  it('is refused for a name that the server does not know, and says which it does', async () => {
    await using cart = await startCart();
    await assert.rejects(anyCall(cart)('nothing'), {
      code: 'ERR_SERVER_MESSAGE',
      message: /Expected a message .*"add".*Got "nothing"/,
    });
    await assert.rejects(anyCall(cart)('toString'), { code: 'ERR_SERVER_MESSAGE' });
    assert.throws(() => (cart as never as { cast(name: string): void }).cast('add'), { code: 'ERR_SERVER_MESSAGE' });
  });

  it('is refused for a message that cannot be cloned, and nothing else suffers', async () => {
    await using cart = await startCart();
    const calls = [
      cart.call('note', 1),
      cart.call('note', () => {}),
      cart.call('note', { shared: new SharedArrayBuffer(8) }),
      cart.call('note', 2),
    ];
    assert.deepEqual(await Promise.all(calls.map(codeOf)), [
      'fulfilled: 1',
      'ERR_SERVER_NOT_CLONEABLE',
      'ERR_SERVER_NOT_CLONEABLE',
      'fulfilled: 2',
    ]);
  });

  further('whose reply cannot be cloned was handled all the same, and its neighbours are answered', async () => {
    await using cart = await startCart();
    const calls = [cart.call('note', 1), cart.call('uncloneable'), cart.call('note', 2)];
    assert.deepEqual(await Promise.all(calls.map(codeOf)), ['fulfilled: 1', 'ERR_SERVER_NOT_CLONEABLE', 'fulfilled: 3']);
    assert.equal(cart.status().restarts, 0);
  });

  further('gets the message as it was when it was sent', async () => {
    await using cart = await startCart();
    const what = { n: 1 };
    const sent = cart.call('note', what);
    what.n = 2;
    await sent;
    assert.deepEqual(await cart.call('seen'), [{ n: 1 }]);
  });

  it('of a handler that loops is stopped by handlerTimeout', async () => {
    await using cart = await startCart({ handlerTimeout: 50 });
    await cart.call('note', 'kept');
    assert.equal(await codeOf(cart.call('loops')), 'ERR_SERVER_HANDLER_TIMEOUT');
    assert.deepEqual(await cart.call('seen'), ['kept']);
  });
});

describe('a thread that comes to no further message', () => {
  further('because a handler has left a loop behind, is ended by handlerTimeout, and nobody is blamed', async () => {
    await using cart = await startCart({ handlerTimeout: 200 });
    assert.equal(await cart.call('leavesLoop', 0), 'left');
    const ended = nextOf(cart, 'threadExit');
    let notes = 0;
    for (; cart.status().restarts === 0; notes++) await cart.call('note', notes);
    assert.equal((await ended).reason, 'timeout');
    assert.equal((await cart.call('seen')).length, notes);
  });
});

describe('read', () => {
  it('that throws rejects its call, and the server lives', async () => {
    await using cart = await startCart();
    await assert.rejects(cart.call('broken'), { message: 'a question that throws' });
    assert.equal(cart.status().restarts, 0);
  });

  further('is not in the log', async () => {
    await using cart = await startCart();
    await cart.call('note', 1);
    await cart.call('count');
    assert.equal(cart.status().log.committed, 1);
  });
});

describe('cast and info', () => {
  it('are handled in their order among calls', async () => {
    await using cart = await startCart();
    cart.cast('mark', 1);
    cart.send({ any: 'thing' });
    cart.cast('mark', 2);
    assert.deepEqual(await cart.call('seen'), [1, { info: { any: 'thing' } }, 2]);
  });
});

describe('timers', () => {
  it('come as messages; one that is taken back never comes', async () => {
    await using cart = await startCart();
    await cart.call('timer', { ms: 1, message: 'one' });
    const ref = await cart.call('timer', { ms: 60_000, message: 'never' });
    await until(async () => (await cart.call('seen')).length > 0);
    assert.deepEqual(await cart.call('seen'), [{ info: 'one' }]);
    assert.equal(await cart.call('cancel', ref), true);
    assert.equal(await cart.call('cancel', ref), false);
    assert.equal(cart.status().timers, 0);
  });

  further('that has fired and waits in the mailbox can still be taken back', async () => {
    await using cart = await startCart();
    const ref = await cart.call('timer', { ms: 0, message: 'late' });
    const slow = cart.call('slow', 20);
    const cancelled = cart.call('cancel', ref);
    await slow;
    assert.equal(typeof (await cancelled), 'boolean');
    const seen = await cart.call('seen');
    assert.equal(
      seen.some((one) => typeof one === 'object'),
      !(await cancelled),
      'it came, or was taken back; not both',
    );
  });

  it('survive the thread', async () => {
    await using cart = await startCart();
    await cart.call('timer', { ms: 40, message: 'alive' });
    await codeOf(cart.call('exits', 1));
    await until(async () => (await cart.call('seen')).length > 0);
    assert.deepEqual(await cart.call('seen'), [{ info: 'alive' }]);
  });
});

describe('continue', () => {
  it('comes after the reply, and before any other message', async () => {
    await using cart = await startCart();
    const calls = [cart.call('goOn', 'work'), cart.call('seen')] as const;
    assert.deepEqual(await Promise.all(calls), [0, [{ continued: 'work' }]]);
  });

  further('that throws leaves the message it followed, and is not done again', async () => {
    await using cart = await startCart();
    await cart.call('note', 'a');
    await cart.call('goOn', 'throw');
    assert.deepEqual(await cart.call('seen'), ['a']);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Content, type Item, KIND } from '../../src/server/wire.ts';
import { further } from '../soak.ts';
import cartServer from './fixtures/cart.ts';
import { oneThread } from './handlers/one-thread.ts';
import { codeOf, startCart, until } from './stage.ts';

describe('who looks at a server', () => {
  it('replies what the state was, and not what later messages have made of it', async () => {
    const { give } = await oneThread(cartServer, { limit: 3 });
    const note = (seq: number, what: Content): Item => [KIND.call, seq, 'note', what, 0];
    const seen = (seq: number): Item => [KIND.read, seq, 'seen', undefined, 0];
    give([note(1, 'warm'), seen(-2)]);
    const long = Array.from({ length: 60 }, (_, i) => i);
    const replies = give([seen(-3), note(2, long), seen(-4), note(3, 'b'), seen(-5), [KIND.look, -6, '', undefined, 0], note(4, 'c')]);
    const told = new Map(replies.map(([seq, , value]) => [seq, value]));
    assert.deepEqual([told.get(-3), told.get(-4), told.get(-5)], [['warm'], ['warm', long], ['warm', long, 'b']]);
    assert.deepEqual((told.get(-6) as { seen: unknown }).seen, ['warm', long, 'b']);
  });

  it('sees its state, how it stands, and the last messages with what came of them', async () => {
    await using cart = await startCart({ keep: 2 });
    await cart.call('note', 'a');
    await cart.call('add', { sku: 'pear', count: 2 });
    cart.cast('mark', 'b');
    await cart.call('note', 'c');
    const state = (await cart.state()) as { seen: unknown[]; lines: Map<string, number> };
    assert.deepEqual([state.seen, [...state.lines]], [['a', 'b', 'c'], [['pear', 2]]]);
    const { state: at, suspended, mailbox, log, orphans } = cart.status();
    assert.deepEqual([at, suspended, mailbox, log.committed, log.open, orphans], ['open', false, 0, 4, 0, 0]);
    assert.deepEqual(
      cart.recent().map(({ kind, name, message, outcome }) => [kind, name, message, outcome]),
      [
        ['cast', 'mark', 'b', 'replied'],
        ['call', 'note', 'c', 'replied'],
      ],
    );
  });

  it('has it wait, looks at what does not change meanwhile, and has it go on', async () => {
    await using cart = await startCart({ maxMailbox: 3, standby: 1 });
    const under = cart.call('slow', 5);
    await until(() => cart.status().log.open + cart.status().log.committed === 1); // It runs, or has run on a machine that is slow to look.
    const still = cart.suspend();
    const waiting = [cart.call('note', 'later'), cart.call('count')];
    await still;
    assert.equal(await under, 5, 'what was under way has been handled');
    const late = cart.call('note', 'too late', { timeout: 1 });
    assert.equal(await codeOf(cart.call('note', 'too many')), 'ERR_SERVER_MAILBOX_FULL');
    assert.equal(await codeOf(late), 'ERR_SERVER_TIMEOUT');
    assert.deepEqual(((await cart.state()) as { seen: unknown[] }).seen, [5]);
    assert.deepEqual([cart.status().suspended, cart.status().mailbox], [true, 3]);
    cart.resume();
    assert.deepEqual(await Promise.all(waiting), [2, 0]);
    assert.deepEqual(await cart.call('seen'), [5, 'later'], 'in order, and without the one whose time was over');
  });

  further('has it wait, and stops it: what was sent before is handled', async () => {
    const cart = await startCart();
    await cart.suspend();
    const before = cart.call('note', 'before');
    const ended = cart.stop();
    assert.equal(await before, 1);
    assert.deepEqual(await ended, { kind: 'shutdown' });
    await cart.suspend();
    assert.equal(cart.status().suspended, false);
  });
});

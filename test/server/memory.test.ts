import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Server } from '../../src/server/index.ts';
import { first } from '../soak.ts';
import { type Cart, startCart, until } from './stage.ts';

const KB = 1_024;

const allLive = (cart: Server<Cart>, threads: number) => (): boolean =>
  cart.status().threads.filter(({ state }) => state === 'live').length === threads;

for (const [what, more] of first(1, Object.entries({ 'with a standby': { standby: 1 }, alone: {}, 'of three': { replicas: 3 } }))) {
  it(`the log of few large messages is bounded by its bytes, and the state is not copied the more often for it (${what})`, async () => {
    const limit = 1_024 * KB;
    await using cart = await startCart({ snapshotEvery: 1_000_000, maxLogBytes: limit, ...more });
    await until(allLive(cart, 'standby' in more ? 2 : 'replicas' in more ? 3 : 1)); // A copy is left to a standby that is on its way.
    let [most, copies] = [0, 0];
    cart.on('snapshot', () => copies++);
    const messages = 60;
    // Each is larger than a sixteenth of the limit; the last is larger than all of it.
    for (let i = 0; i < messages; i++) {
      await cart.call('large', new Uint8Array(i === messages - 1 ? 2 * limit : 80 * KB));
      most = Math.max(most, cart.status().log.bytes);
    }
    const sent = messages * 80 * KB + 2 * limit;
    assert.ok(most < sent, `of ${sent} bytes at most ${most} were held`);
    assert.ok(most <= 3 * limit + 500 * KB, `the log held ${most} bytes`);
    assert.ok(copies >= 3 && copies <= sent / limit + 1, `${copies} copies`);
    assert.equal(await cart.call('count'), messages);
  });
}

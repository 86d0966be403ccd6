import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Server, startServer } from '../../src/server/index.ts';
import { first } from '../soak.ts';
import { type Cart, PATIENT, startCart, until } from './stage.ts';

const KB = 1_024;
const LIMIT = 1_024 * KB;
const LARGE = 80 * KB;
/** Of all that a message holds in the log besides. */
const BESIDE = KB;

const allLive = (server: Pick<Server<Cart>, 'status'>, threads: number) => (): boolean =>
  server.status().threads.filter(({ state }) => state === 'live').length === threads;

for (const [what, more] of first(1, Object.entries({ 'with a standby': { standby: 1 }, alone: {}, 'of three': { replicas: 3 } }))) {
  it(`the log of few large messages is bounded by its bytes, and the state is not copied the more often for it (${what})`, async () => {
    await using cart = await startCart({ snapshotEvery: 1_000_000, maxLogBytes: LIMIT, ...more });
    await until(allLive(cart, 'standby' in more ? 2 : 'replicas' in more ? 3 : 1)); // A copy is left to a standby that is on its way.
    let [most, copies] = [0, 0];
    cart.on('snapshot', () => copies++);
    const messages = 60;
    // Each is larger than a sixteenth of the limit; the last is larger than all of it.
    for (let i = 0; i < messages; i++) {
      if ('replicas' in more) await until(() => cart.status().threads.every(({ applied }) => applied === i)); // The slowest is waited for.
      const last = i === messages - 1;
      await cart.call('large', new Uint8Array(last ? 2 * LIMIT : LARGE));
      const { bytes } = cart.status().log;
      most = Math.max(most, last ? bytes - 2 * LIMIT : bytes);
    }
    const sent = messages * LARGE + 2 * LIMIT;
    // Up to the limit until a copy is asked for, and as much until that is made; what comes meanwhile lies on top.
    assert.ok(most <= 2 * LIMIT + 3 * (LARGE + BESIDE), `the log held ${most} bytes`);
    assert.ok(copies >= 3 && copies <= sent / LIMIT + 1, `${copies} copies`);
    assert.equal(await cart.call('count'), messages);
  });
}

it('the log is bounded although the standby that is to copy the state gets no time', async () => {
  await using server = await startServer<typeof import('./fixtures/starved.ts')>({
    filename: new URL('./fixtures/starved.js', import.meta.url),
    standby: 1,
    ...PATIENT,
    handlerTimeout: 600_000,
    snapshotEvery: 1_000_000,
    maxLogBytes: LIMIT,
  });
  await until(allLive(server, 2));
  let most = 0;
  for (let i = 1; i <= 100; i++) {
    assert.equal(await server.call('large', new Uint8Array(LARGE)), i);
    most = Math.max(most, server.status().log.bytes);
  }
  assert.ok(most <= 2 * LIMIT + 3 * (LARGE + BESIDE), `the log held ${most} bytes`);
});

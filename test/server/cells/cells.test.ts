import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'node:test';
import { further, oneIn } from '../../soak.ts';
import { codeOf, nextOf, startCart } from '../stage.ts';
import { dies, type Kind, type Moment, type Way } from './deaths.ts';

const it = oneIn(4, import.meta.url);

/** Each kind, moment and way at least once, the first two also in `npm test`; all of them together in `deaths.soak.ts`. */
const PAIRS: readonly (readonly [Kind, Moment, Way])[] = [
  ['SIGSEGV', 'handler', 'replay'],
  ['abort', 'snapshot', 'standby'],
  ['SIGKILL', 'idle', 'init'],
  ['SIGKILL', 'replay', 'replay'],
  ['exit', 'take-over', 'standby'],
  ['SIGSEGV', 'take-over', 'replicas'],
  ['blocks', 'handler', 'standby'],
  ['SIGKILL', 'close', 'replay'],
];

describe('a server in processes of its own', () => {
  for (const [at, [kind, moment, way]] of PAIRS.entries()) {
    (at < 2 ? it : further)(`outlives ${kind} (${moment}, ${way}): each call settles once, the state is what was answered`, () =>
      dies('process', kind, moment, way),
    );
  }

  it('has each thread in a process, says in which, and leaves none behind', async () => {
    const cart = await startCart({ isolation: 'process', standby: 1 });
    if (cart.status().threads.some(({ state }) => state !== 'live')) await nextOf(cart, 'threadReady', ({ role }) => role === 'standby');
    const pids = cart.status().threads.map(({ pid }) => pid!);
    assert.equal(new Set([process.pid, ...pids]).size, 3);
    assert.deepEqual(
      cart.tree().children!.map(({ pid }) => pid),
      pids,
    );
    await cart.stop();
    for (const pid of pids) assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  });

  further('names the message that a process died of, and the signal', async () => {
    await using cart = await startCart({ isolation: 'process', retry: 0 });
    await cart.call('note', 'kept');
    await assert.rejects(cart.call('signals', 'SIGSEGV'), { code: 'ERR_SERVER_CRASHED', message: /by SIGSEGV while it handled "signals"/ });
    assert.deepEqual(await cart.call('seen'), ['kept']);
  });

  it('refuses a message or reply that cannot be cloned, and shared memory in a reply; its neighbours are answered', async () => {
    await using cart = await startCart({ isolation: 'process' });
    const calls = [cart.call('note', 1), cart.call('uncloneable'), cart.call('note', () => {}), cart.call('shares'), cart.call('note', 2)];
    assert.deepEqual(await Promise.all(calls.map(codeOf)), [
      'fulfilled: 1',
      'ERR_SERVER_NOT_CLONEABLE',
      'ERR_SERVER_NOT_CLONEABLE',
      'ERR_SERVER_NOT_CLONEABLE',
      'fulfilled: 3',
    ]);
    assert.equal(cart.status().restarts, 0);
  });

  further('goes on where a handler has closed every descriptor of its process', async () => {
    await using cart = await startCart({ isolation: 'process', retry: 0 });
    await cart.call('note', 'kept');
    await assert.rejects(cart.call('closesAll'));
    assert.deepEqual(await cart.call('seen'), ['kept']);
  });

  further('keeps a journal, and comes back from it in other processes, and on threads', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-cells-'));
    try {
      const journal = join(folder, 'journal');
      for (const [n, isolation] of (['process', 'process', 'thread'] as const).entries()) {
        await using cart = await startCart({ isolation, journal });
        assert.equal(await cart.call('note', n), n + 1);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is refused on the nodes of a pool, with the reason', async () => {
    await assert.rejects(startCart({ nodes: { url: 'redis://127.0.0.1' } } as never), {
      code: 'ERR_INVALID_OPTION',
      message: /nodes: .*A server lives on one machine/,
    });
  });

  it('is refused where no cell can be made', async () => {
    assert.equal(await codeOf(startCart({ isolation: 'process', workerData: () => {} })), 'ERR_INVALID_OPTION');
    assert.equal(await codeOf(startCart({ isolation: 'fibre' as never })), 'ERR_INVALID_OPTION');
    assert.equal(await codeOf(startCart({ isolation: 'process', execPath: '/bin/true' })), 'ERR_SERVER_START');
  });
});

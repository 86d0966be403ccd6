import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe } from 'node:test';
import { type Server, type ServerOptions, startServer } from '../../../src/server/index.ts';
import { first, further, oneIn } from '../../soak.ts';
import type { Birth } from '../fixtures/newborn.ts';
import { codeOf, nextOf, until } from '../stage.ts';

const it = oneIn(2, import.meta.url);

type Newborn = typeof import('../fixtures/newborn.ts');

const folder = mkdtempSync(join(tmpdir(), 'holdfast-births-'));
after(() => rmSync(folder, { recursive: true }));
let made = 0;

interface Nursery {
  readonly server: Promise<Server<Newborn>>;
  /** Threads that have come up. */
  born(): number;
}

function start(birth: Partial<Birth>, more: Partial<ServerOptions<Newborn>> = {}): Nursery {
  const births = join(folder, `births.${made++}`);
  const server = startServer<Newborn>({
    filename: new URL('../fixtures/newborn.js', import.meta.url),
    workerData: { version: 1, births, ...birth },
    // A thread that hangs is waited for that long; any other has to be up by then.
    startTimeout: birth.how === 'hangs' ? 3_000 : 60_000,
    callTimeout: 60_000,
    restart: { intensity: 2, minTimeout: 0 },
    ...more,
  });
  return { server, born: () => statSync(births).size };
}

/** A journal that an older version has left, with a snapshot and messages behind it. */
async function oldJournal(): Promise<string> {
  const journal = join(folder, `journal.${made++}`);
  const old = await start({}, { journal, snapshotEvery: 2 }).server;
  for (const n of [1, 2, 3]) await old.call('add', n);
  await old.kill();
  return journal;
}

const HOW = first(1, ['throws', 'exits', 'hangs'] as const);
const TOLD = { throws: /does not want to/, exits: /code 6/, hangs: /startTimeout \(3000 ms\)/ };

describe('a migration', () => {
  for (const how of HOW) {
    it(`that ${how} at the start ends the start with an honest error, and leaves the journal as it was`, async () => {
      const journal = await oldJournal();
      const bad = start({ version: 2, at: 'migrate', how }, { journal });
      await assert.rejects(bad.server, { code: 'ERR_SERVER_START', message: TOLD[how] });
      assert.equal(bad.born(), 1, 'it is not tried again');
      await using good = await start({ version: 2 }, { journal }).server;
      assert.equal(await good.call('add', 0), 1_006);
    });

    it(`that ${how} once, on a thread that replays, on a standby or on a replica, costs that thread`, async () => {
      for (const mode of first(1, [{ standby: 1 }, {}, { replicas: 3 }])) {
        const journal = await oldJournal();
        const { server, born } = start({ version: 2, at: 'migrate', how, from: 2, to: 2 }, { journal, retry: 0, ...mode });
        await using next = await server;
        assert.equal(await next.call('add', 1), 1_007);
        if (Object.keys(mode).length === 0) assert.equal(await codeOf(next.call('die')), 'ERR_SERVER_CRASHED');
        assert.equal(await next.call('add', 1), 1_008);
        await until(() => next.status().threads.every(({ state }) => state === 'live') && next.status().threads.length === threadsOf(mode));
        assert.equal(born(), threadsOf(mode) + (Object.keys(mode).length === 0 ? 2 : 1));
      }
    });
  }
});

const threadsOf = ({ standby = 0, replicas = 1 }: { standby?: number; replicas?: number }): number => standby + replicas;

describe('a thread that never comes up', () => {
  for (const at of first(1, ['restore', 'load', 'migrate'] as const)) {
    for (const how of HOW) {
      it(`as a standby, because ${at} ${how}, is tried again as often as the restart intensity allows, and calls are answered until then`, async () => {
        const journal = at === 'migrate' ? await oldJournal() : undefined;
        const { server, born } = start(
          { version: at === 'migrate' ? 2 : 1, at, how, from: 2 },
          { standby: 1, ...(journal && { journal }) },
        );
        const one = await server;
        const failed = nextOf(one as never, 'exit');
        const before = await one.call('add', 1);
        assert.equal(await one.call('add', 1), before + 1);
        const { reason } = await failed;
        assert.equal(reason.kind, 'error');
        const { code, message } = (reason as { error: Error & { code: string } }).error;
        assert.deepEqual([code, born()], ['ERR_SERVER_FAILED', 4], 'the first thread, and one more than the intensity');
        assert.match(message, /more than 2 of its threads died/);
        if (how === 'throws') assert.match(message, /does not want to/);
        assert.equal(await codeOf(one.call('add', 1)), 'ERR_SERVER_FAILED');
      });
    }
  }

  further('as a replica ends the start, with the intensity of all replicas', async () => {
    for (const [at, how] of first(1, [
      ['restore', 'throws'],
      ['load', 'exits'],
    ] as const)) {
      const { server, born } = start({ at, how, from: 2 }, { replicas: 3 });
      await assert.rejects(server, { code: 'ERR_SERVER_FAILED', message: /more than 6 of its threads died/ });
      assert.ok(born() >= 8 && born() <= 9, `${born()} threads`);
    }
  });

  it('after the death of the only one, ends the server; who waits is told', async () => {
    for (const how of first(1, ['throws', 'exits'] as const)) {
      const { server, born } = start({ at: 'restore', how, from: 2 }, { retry: 0 });
      const one = await server;
      const calls = [one.call('die'), one.call('add', 1), one.call('add', 2)].map(codeOf);
      assert.deepEqual(await Promise.all(calls), ['ERR_SERVER_CRASHED', 'ERR_SERVER_FAILED', 'ERR_SERVER_FAILED']);
      assert.equal(born(), 3, 'the death of the first one counts as well');
    }
  });

  it('with recover: init, because init does so again, ends the server', async () => {
    const { server, born } = start({ at: 'init', how: 'throws', from: 2 }, { recover: 'init' });
    const one = await server;
    const calls = [one.call('die'), one.call('add', 1)].map(codeOf);
    assert.deepEqual(await Promise.all(calls), ['ERR_SERVER_CRASHED', 'ERR_SERVER_FAILED']);
    assert.equal(born(), 3);
  });
});

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe } from 'node:test';
import { seeded } from '../../src/core/random.ts';
import { type Server, startServer } from '../../src/server/index.ts';
import { oneIn, SOAK } from '../soak.ts';
import { killAgainAndAgain } from './kills.ts';
import { codeOf, PATIENT, until } from './stage.ts';

const it = oneIn(4, import.meta.url);

type Ledger = typeof import('./fixtures/ledger.ts');
const filename = new URL('./fixtures/ledger.js', import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'holdfast-journal-'));
after(() => rmSync(folder, { recursive: true }));
const start = (name: string, more: object = {}): Promise<Server<Ledger>> =>
  startServer<Ledger>({ filename, journal: join(folder, name), ...PATIENT, ...more });

describe('a journal', () => {
  it('brings the state back in another program, with chance and timers', async () => {
    const first = await start('state', { snapshotEvery: 2 });
    for (const n of [1, 2, 3]) await first.call('give', n);
    await first.call('remind', 1);
    await until(async () => (await first.call('all')).includes(-1));
    await first.call('remind', 60_000);
    const [all, chance] = [await first.call('all'), await first.call('chance')];
    await first.kill();
    await using second = await start('state', { snapshotEvery: 2 });
    assert.deepEqual(await second.call('all'), all);
    assert.deepEqual(await second.call('chance'), chance);
    assert.equal(second.status().timers, 1);
    assert.equal(await second.call('give', 4), 5);
    assert.deepEqual(
      readdirSync(folder)
        .filter((name) => name.startsWith('state'))
        .sort(),
      ['state', 'state.lock'],
    );
  });

  it('is refused where something else than a regular file stands, which is left as it is', async () => {
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    symlinkSync(path, join(folder, 'leads to a pipe'));
    for (const name of ['pipe', 'leads to a pipe', '.']) assert.equal(await codeOf(start(name)), 'ERR_SERVER_JOURNAL_WRITE', name);
    assert.ok(statSync(path).isFIFO());
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('pipe')),
      ['pipe'],
    );
  });

  it('cuts off a torn end, and refuses a broken middle', async () => {
    const first = await start('torn');
    for (const n of [1, 2, 3]) await first.call('give', n);
    await first.kill();
    const path = join(folder, 'torn');
    appendFileSync(path, 'deadbeef AAAA');
    const second = await start('torn');
    assert.deepEqual(await second.call('all'), [1, 2, 3]);
    await second.call('give', 4);
    await second.kill();
    const lines = readFileSync(path, 'latin1').split('\n');
    assert.ok(lines.length > 4);
    writeFileSync(path, lines.map((line, i) => (i === 2 ? `${line.slice(0, -4)}AAAA` : line)).join('\n'));
    const before = readFileSync(path);
    assert.equal(await codeOf(start('torn')), 'ERR_SERVER_JOURNAL_DAMAGED');
    assert.ok(before.equals(readFileSync(path)), 'it is left as it is');
  });

  it('is not taken for another file, module, version or program', async () => {
    writeFileSync(join(folder, 'foreign'), 'a letter to my aunt\n');
    assert.equal(await codeOf(start('foreign')), 'ERR_SERVER_JOURNAL_OTHER');
    assert.equal(readFileSync(join(folder, 'foreign'), 'utf8'), 'a letter to my aunt\n');
    const own = await start('own');
    assert.equal(await codeOf(start('own')), 'ERR_SERVER_JOURNAL_LOCKED');
    await own.stop();
    assert.equal(await codeOf(start('own', { export: 'next' })), 'ERR_SERVER_JOURNAL_OTHER');
    assert.equal(await codeOf(start('nowhere/file')), 'ERR_SERVER_JOURNAL_WRITE');
  });

  it('of an older version is migrated, or refused', async () => {
    const old = await start('version');
    for (const n of [1, 2, 3]) await old.call('give', n);
    await old.stop();
    const path = join(folder, 'version');
    const { renamed } = await import('./renamed-journal.ts');
    renamed(path, 'ledger#stranger');
    assert.equal(await codeOf(start('version', { export: 'stranger' })), 'ERR_SERVER_JOURNAL_OTHER');
    renamed(path, 'ledger#next');
    const next = (await start('version', { export: 'next' })) as never as { call(name: string): Promise<number> } & AsyncDisposable;
    assert.equal(await next.call('total'), 6);
    await next[Symbol.asyncDispose]();
  });

  it('loses nothing that was answered when the program is killed, and applies nothing twice', async () => {
    const seed = Number(process.env.HOLDFAST_SEED ?? Math.floor(Math.random() * 1e6));
    console.log(`HOLDFAST_SEED=${seed}`);
    assert.ok((await killAgainAndAgain(join(folder, 'killed'), SOAK ? 3 : 1, seeded(seed))) > 0);
  });
});

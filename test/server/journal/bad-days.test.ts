import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { describe, it } from 'node:test';
import { seeded } from '../../../src/core/random.ts';
import { draws, first, SOAK } from '../../soak.ts';
import { assertKept, Machine, type Story } from './machine.ts';

const MESSAGES = 40;
const SYNCS = ['always', 20, 'never'] as const;
/** All of them in a soak, else any one. */
const syncs = (random: () => number): readonly (typeof SYNCS)[number][] => (SOAK ? SYNCS : [SYNCS[Math.floor(random() * SYNCS.length)]!]);

function drawn(): { random: () => number; seed: number } {
  const seed = Number(process.env.HOLDFAST_SEED ?? randomInt(2 ** 31));
  console.log(`HOLDFAST_SEED=${seed}`);
  return { random: seeded(seed), seed };
}

/** What did not go well is an error of the journal, and nothing else. */
function assertHonest({ error, rejected, had, answered }: Story, where: string): void {
  if (error !== undefined) assert.equal(error.code, 'ERR_SERVER_JOURNAL_WRITE', where);
  assert.deepEqual(
    [...new Set(rejected.map(({ code }) => code))].filter((code) => code !== 'ERR_SERVER_JOURNAL_WRITE'),
    [],
    where,
  );
  if (rejected.length > 0) assert.ok(error !== undefined, `${where}: somebody was rejected`);
  if (had === undefined) assert.deepEqual(answered, [], where);
}

describe('a journal, on a bad day of its disk,', () => {
  it('that is full at any byte ends the server with a clear error, and nothing that was answered is lost', async () => {
    const { random } = drawn();
    const calm = new Machine(random);
    await calm.live(MESSAGES);
    const needed = calm.disk.get('/data/journal')!.length * 3;
    let stopped = 0;
    for (let room = 0; room < needed; room += 1 + Math.floor(random() * (SOAK ? 60 : 150))) {
      for (const sync of syncs(random)) {
        const where = `room for ${room} bytes, sync ${sync}`;
        const machine = new Machine(random);
        machine.disk.capacity = room;
        const before = await machine.live(MESSAGES, { options: { sync } });
        assertHonest(before, where);
        if (before.error !== undefined) {
          assert.match(before.error.message, /no space|ENOSPC/, where);
          if (before.answered.length > 0) stopped++;
        }
        assert.deepEqual(
          machine.disk.paths.filter((path) => path.endsWith('.new')),
          [],
          `${where}: no draft is left behind`,
        );
        machine.disk.capacity = Number.POSITIVE_INFINITY;
        const second = await machine.live(0, { options: { sync } });
        assertKept(second.had, [before], where);
      }
    }
    assert.ok(stopped > 0, 'some had begun');
  });

  for (const code of first(1, ['EIO', 'EROFS', 'ENOSPC'])) {
    it(`whose system calls fail with ${code}, one at a time, loses nothing that was answered, whether the server goes on or ends`, async () => {
      const { random } = drawn();
      const { calls } = await new Machine(random).live(MESSAGES, { options: { sync: 20 } });
      let [ended, went] = [0, 0];
      for (let call = 1; call <= calls; call += 1 + Math.floor(random() * (SOAK ? 1 : 10))) {
        for (const sync of syncs(random)) {
          const where = `call ${call} fails with ${code}, sync ${sync}`;
          const machine = new Machine(random);
          const end = random() < 0.5 ? 'stop' : 'die';
          const before = await machine.live(MESSAGES, { options: { sync }, fate: { failAt: { call, code } }, end });
          assertHonest(before, where);
          if (before.error === undefined) went++;
          else ended++;
          const second = await machine.live(4, { options: { sync } });
          assertKept(second.had, [before], where);
          assert.deepEqual(second.rejected, [], where);
          const third = await machine.live(0, { options: { sync } });
          assertKept(third.had, [before, second], where);
        }
      }
      console.log(`${ended} ended, ${went} went on`);
      assert.ok(ended > 0 && went > 0);
    });
  }

  it('that loses power keeps what was answered with sync: always, and can be read in any case', async () => {
    const { random } = drawn();
    for (let i = 0; i < draws(20); i++) {
      for (const sync of syncs(random)) {
        const where = `power cut ${i}, sync ${sync}`;
        const machine = new Machine(random);
        const lives: Story[] = [];
        for (let life = 0; life < 3; life++) {
          lives.push(await machine.live(Math.floor(random() * MESSAGES), { options: { sync }, end: 'die' }));
          machine.disk.cutPower();
        }
        const last = await machine.live(4, { options: { sync } });
        assert.deepEqual([last.error, last.rejected], [undefined, []], where);
        if (sync === 'always') assertKept(last.had, lives, where);
        else assert.equal(new Set(last.had!.ids).size, last.had!.ids.length, `${where}: nothing is applied twice`);
      }
    }
  });

  it('of which replicas wait settles its start as well', async () => {
    const { random } = drawn();
    for (const room of [100, 400, 600]) {
      const machine = new Machine(random);
      machine.disk.capacity = room;
      const story = await machine.live(1, { options: { replicas: 3 } });
      assertHonest(story, `room for ${room} bytes`);
      if (room < 500) assert.equal(story.error?.code, 'ERR_SERVER_JOURNAL_WRITE', 'not even the beginning has room');
    }
  });
});

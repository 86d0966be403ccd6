import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { describe } from 'node:test';
import { type JobIdentity, type JobState, readJob, writeJob } from '../../../src/batch/journal/job-file.ts';
import { recover } from '../../../src/batch/journal/recover.ts';
import { seeded } from '../../../src/core/random.ts';
import { oneIn } from '../../soak.ts';
import { assertSameOutcome, outcomeOf, resumeToEnd, smallInput, smallTask } from '../crash-stories.ts';
import { World } from '../world.ts';
import { SimulatedDisk } from './simulated-disk.ts';

const it = oneIn(3, import.meta.url);

const OUT = '/out.ndjson';
const FAILED = '/out.failed.ndjson';
const IDENTITY: JobIdentity = {
  task: { path: '/task.js', name: 'default', sha256: '' },
  inputs: [],
  failed: 'out.failed.ndjson',
  ordered: false,
  maxLine: 1000,
  format: 'json',
  argv: [],
  deadLetters: false,
};
const POSITION = { file: 0, bytes: 0, crc: 0, tail: 'closed' } as const;

/** A power cut here loses everything that was not synced, as the worst one does. */
const losesAll = (): number => 0;

async function recovered(simulated: SimulatedDisk, state: JobState) {
  const { disk } = simulated.life();
  const [out, failed] = await Promise.all([OUT, FAILED].map(async (path) => ({ path, file: await disk.open(path, 'update') })));
  return recover(disk, out!, failed!, state, { ordered: false, retryFailed: false });
}

describe('what a job relies on after a power cut', () => {
  it('a torn tail that was cut off stays cut off', async () => {
    const disk = new SimulatedDisk(losesAll);
    const whole = '{"index":0,"value":1}\n';
    disk.put(OUT, `${whole}{"index":1,"va`);
    disk.put(FAILED, '');
    const state: JobState = { state: 'running', position: POSITION, synced: { results: whole.length, failed: 0 } };
    const { results } = await recovered(disk, state);
    assert.equal(results.cut, 14);
    disk.cutPower();
    // What comes back would stand behind, and among, what is written there next.
    assert.equal(disk.get(OUT)!.toString(), whole);
  });

  it('the names of new outputs are there', async () => {
    const disk = new SimulatedDisk(losesAll);
    await recovered(disk, { state: 'starting' });
    disk.cutPower();
    assert.deepEqual(disk.paths, [FAILED, OUT].sort());
  });

  it('the job file is the one that was written last', async () => {
    const disk = new SimulatedDisk(losesAll);
    await writeJob(disk.life().disk, OUT, IDENTITY, { state: 'starting' });
    disk.cutPower();
    assert.equal((await readJob(disk.life().disk, OUT))?.state.state, 'starting');
    await writeJob(disk.life().disk, OUT, IDENTITY, { state: 'running', position: POSITION, synced: { results: 7, failed: 0 } });
    disk.cutPower();
    assert.equal((await readJob(disk.life().disk, OUT))?.state.state, 'running');
  });
});

it('a full disk at any system call costs no line and doubles none', async (t) => {
  const seed = randomInt(2 ** 31);
  t.diagnostic(`seed ${seed}`);
  const random = seeded(seed);
  const { text, tasks } = smallInput(30);
  const calm = new World(random, smallTask, text);
  const { calls } = await calm.run({ sync: 'always' });
  const expected = outcomeOf(calm, tasks, OUT, FAILED);
  let full = 0;
  for (let call = 1; call <= calls; call += 2) {
    const world = new World(random, smallTask, text);
    const ending = await world.run({ sync: 'always' }, { failAt: { call, code: 'ENOSPC' } });
    if (ending.how === 'failed') full++;
    if (random() < 0.5) world.disk.cutPower();
    await resumeToEnd(world, { sync: 'always' }, random, true);
    assertSameOutcome(outcomeOf(world, tasks, OUT, FAILED), expected, false);
  }
  assert.ok(full > 0);
});

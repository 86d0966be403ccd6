import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import type { Claim } from '../../src/batch/claim.ts';
import type { Processes } from '../../src/batch/machine/processes.ts';
import { seeded } from '../../src/core/random.ts';
import { draws, oneIn } from '../soak.ts';
import { type Ending, World } from './world.ts';

const test = oneIn(3, import.meta.url);

const LINES = 40;
const JOB = { ordered: true, sync: 20 } as const;
const input = Array.from({ length: LINES }, (_, n) => `${n}\n`).join('');
const results = Array.from({ length: LINES }, (_, n) => `{"index":${n},"value":${2 * n}}\n`).join('');

/** Runs that are each in a container of their own: none can see the process of another, and so none can end it. */
function apart(pid: number): Processes {
  const self = { host: 'here', machine: '', boot: `b${pid}`, space: `s${pid}`, pid, started: String(pid) };
  return { self, state: () => 'foreign', end: () => assert.fail('it cannot be seen') };
}

const held = (epoch: number): Claim => ({ job: 'job', epoch, check: async () => {} });

const lost = (): Error => Object.assign(new Error('lost'), { code: 'ERR_BATCH_LOCKED' });

/**
 * A claim of a run that is stopped at its check of that number and goes on when it is let. At worst it was stopped after the answer, which was yes, and
 * before it did what it had asked for; whatever it asks later is answered by what is true then.
 */
function stopsAt(number: number, epoch: number): { claim: Claim; stopped: Promise<void>; letGo: (then: 'lost' | 'held') => void } {
  let checks = 0;
  let then: 'lost' | 'held' = 'held';
  let stop!: () => void;
  let go!: () => void;
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const gone = new Promise<void>((resolve) => {
    go = resolve;
  });
  const check = async (): Promise<void> => {
    if (++checks < number) return;
    if (checks > number && then === 'lost') throw lost();
    stop();
    await gone;
  };
  const letGo = (later: 'lost' | 'held'): void => {
    then = later;
    go();
  };
  return { claim: { job: 'job', epoch, check }, stopped, letGo };
}

const RESUME = { ...JOB, resume: true };

/** Managers of one job, on machines that cannot see each other, over a folder that they share. */
class Managers {
  readonly world: World;
  readonly where: string;
  #pids = 0;

  constructor(seed: number, where: string) {
    this.world = new World(seeded(seed), (n) => 2 * (n as number), input);
    this.world.disk.local = false;
    this.where = `seed ${seed}, ${where}`;
  }

  run(claim: Claim): Promise<Ending> {
    return this.world.run(RESUME, {}, undefined, { processes: apart(++this.#pids), claim });
  }

  /** Runs one until it is stopped at that check; `through`: it has ended before. */
  async stopped(number: number, epoch: number): Promise<{ ending: Promise<Ending>; letGo: (then: 'lost' | 'held') => void } | 'through'> {
    const { claim, stopped, letGo } = stopsAt(number, epoch);
    const ending = this.run(claim);
    const over = await Promise.race([ending.then(() => 'through' as const), stopped]);
    return over === 'through' ? over : { ending, letGo };
  }

  /** One that nothing disturbs does what is left. */
  async ends(epoch: number): Promise<void> {
    const ending = await this.run(held(epoch));
    assert.equal(ending.how, 'ended', `${this.where}: ${ending.how === 'failed' ? ending.error.stack : ''}`);
    this.isDone('when it is done');
  }

  isDone(when: string): void {
    assert.equal(this.world.disk.get('/out.ndjson')!.toString(), results, `${this.where}: ${when}`);
    assert.equal(this.world.disk.get('/out.failed.ndjson')!.toString(), '', `${this.where}: ${when}`);
  }
}

test('a run that is stopped anywhere, and wakes when another has done its job, changes nothing of that', async (t) => {
  const seed = randomInt(2 ** 31);
  t.diagnostic(`seed ${seed}`);
  for (let n = 0; n < draws(8); n++) {
    let number = 1;
    for (; ; number++) {
      const managers = new Managers(seed + n, `stopped at ${number}`);
      const first = await managers.stopped(number, 1);
      if (first === 'through') break;
      await managers.ends(2);
      first.letGo('lost');
      await first.ending;
      managers.isDone('when the first has woken');
      await managers.ends(3);
    }
    assert.ok(number > 15, `only ${number} checks`);
  }
});

test('one that wakes while another is at work may stop that one, but what a third one finds is whole', async (t) => {
  const seed = randomInt(2 ** 31);
  const random = seeded(seed);
  t.diagnostic(`seed ${seed}`);
  for (let n = 0; n < draws(400); n++) {
    const at = [1 + Math.floor(random() * 40), 1 + Math.floor(random() * 40)] as const;
    const managers = new Managers(seed + n, `stopped at ${at}`);
    const first = await managers.stopped(at[0], 1);
    const second = await managers.stopped(at[1], 2);
    if (first !== 'through') {
      first.letGo('lost');
      await first.ending;
    }
    if (second !== 'through') {
      second.letGo('held');
      const ending = await second.ending;
      if (ending.how === 'failed') assert.equal((ending.error as { code?: string }).code, 'ERR_BATCH_LOCKED', managers.where);
      else managers.isDone('when the second is done');
    }
    await managers.ends(3);
  }
});

test('a run whose claim is older, or for another job, is refused as ever', async () => {
  for (const claim of [held(1), held(2), { ...held(9), job: 'another' }]) {
    const managers = new Managers(1, `epoch ${claim.epoch}`);
    const first = await managers.stopped(12, 2);
    assert.ok(first !== 'through');
    const second = await managers.run(claim);
    assert.equal(second.how === 'failed' && (second.error as { code?: string }).code, 'ERR_BATCH_LOCKED');
    first.letGo('held');
    assert.equal((await first.ending).how, 'ended');
  }
});

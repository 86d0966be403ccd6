import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { seeded } from '../../../src/core/random.ts';
import { soaked } from '../../soak.ts';
import { managerOf } from '../command.ts';
import { endHeldUp, goesOn, holdUp, SCENES, type Scene, untilGone } from './held-up.ts';

const ROUNDS = soaked(5);
/** Signals come at any instant up to this many milliseconds after the job has its lock: it may be held up by then, or on its way there. */
const UP_TO = 600;
const skip = process.platform !== 'linux' && 'what is left of a job is looked up in /proc';

function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself, because the other one is gone.
  }
}

/** `kill -9` of the manager: another goes on, or the job ends. Resolves with the milliseconds until then. */
async function killManager(t: TestContext, scene: Scene, wait: number): Promise<number> {
  const job = await holdUp(t, scene, wait);
  const began = performance.now();
  killed(job.manager);
  while (job.left().length > 0 && [undefined, job.manager].includes(managerOf(job.output))) await sleep(5);
  const took = performance.now() - began;
  assert.equal(job.left().length === 0, scene.once === true, 'it goes on if what it reads and writes can be opened again');
  killed(job.commandLine);
  await untilGone(job);
  await goesOn(job);
  return took;
}

/** Both at the same instant: no process is left to see to anything. */
async function killBoth(t: TestContext, scene: Scene, wait: number): Promise<number> {
  const job = await holdUp(t, scene, wait);
  killed(job.commandLine);
  killed(job.manager);
  const took = await untilGone(job);
  await goesOn(job);
  return took;
}

const VICTIMS: Readonly<Record<string, (t: TestContext, scene: Scene, wait: number) => Promise<number>>> = {
  SIGINT: (t, scene, wait) => endHeldUp(t, scene, 'SIGINT', wait),
  SIGTERM: (t, scene, wait) => endHeldUp(t, scene, 'SIGTERM', wait),
  SIGHUP: (t, scene, wait) => endHeldUp(t, scene, 'SIGHUP', wait),
  'kill -9 of the command line': (t, scene, wait) => endHeldUp(t, scene, 'SIGKILL', wait),
  'kill -9 of the manager': killManager,
  'kill -9 of both': killBoth,
};

for (const scene of SCENES) {
  test(`a job that is ${scene.state} ends, ${ROUNDS} times by each way to end it`, { skip }, async (t) => {
    const seed = randomInt(2 ** 31);
    t.diagnostic(`seed ${seed}`);
    const random = seeded(seed);
    for (const [how, strike] of Object.entries(VICTIMS)) {
      const took: number[] = [];
      for (let round = 0; round < ROUNDS; round++) await t.test(how, async (t) => void took.push(await strike(t, scene, random() * UP_TO)));
      const sorted = took.map(Math.round).sort((a, b) => a - b);
      t.diagnostic(`| ${scene.state} | ${how} | ${sorted[sorted.length >> 1]} ms | ${sorted.at(-1)} ms |`);
    }
  });
}

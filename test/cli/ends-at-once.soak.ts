import { test } from 'node:test';
import { soaked } from '../soak.ts';
import { endHeldUp, SCENES } from './held-up.ts';

const ROUNDS = soaked(5);

for (const scene of SCENES) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const) {
    test(`${signal} while ${scene.state}, ${ROUNDS} times: nothing of the job is left`, {
      skip: process.platform === 'win32',
    }, async (t) => {
      const took: number[] = [];
      for (let round = 0; round < ROUNDS; round++) took.push(await endHeldUp(t, scene, signal));
      t.diagnostic(`gone after ${took.map(Math.round).join(', ')} ms`);
    });
  }
}

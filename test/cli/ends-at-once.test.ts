import { test } from 'node:test';
import { endHeldUp, SCENES } from './held-up.ts';

const skip = process.platform === 'win32' && 'pipes with names are those of Unix';
const CASES = [
  ['reading a pipe that nobody writes', 'SIGINT'],
  ['writing to standard output whose reader takes nothing', 'SIGINT'],
  ['reading a silent pipe with a name', 'SIGKILL'],
] as const;

for (const [state, signal] of CASES) {
  test(`${signal} while ${state}: nothing of the job is left`, { skip }, async (t) => {
    const took = await endHeldUp(t, SCENES.find((scene) => scene.state === state)!, signal);
    t.diagnostic(`gone after ${Math.round(took)} ms`);
  });
}

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { boundToParent } from '../../../src/cli/run/job/bound-to-parent.ts';
import { further, oneIn } from '../../soak.ts';
import { endHeldUp, SCENES } from './held-up.ts';

const test = oneIn(4, import.meta.url);

const skip = process.platform !== 'linux' && 'what is left of a job is looked up in /proc';
const CASES = [
  ['reading a pipe that nobody writes', 'SIGKILL'],
  ['writing to standard output whose reader takes nothing', 'SIGINT'],
  ['stopped, in cells', 'SIGTERM'],
] as const;

for (const [state, signal] of CASES) {
  (state.startsWith('reading') ? test : further)(
    `${signal} while ${state}: nothing of the job is left, and the next run goes on`,
    { skip },
    async (t) => {
      const took = await endHeldUp(t, SCENES.find((scene) => scene.state === state)!, signal);
      t.diagnostic(`gone after ${Math.round(took)} ms`);
    },
  );
}

const bound = boundToParent('node', []).command !== 'node';

further(
  'SIGKILL of the command line while its manager is stopped: nothing of the job is left',
  {
    skip: skip || (!bound && 'no setpriv of util-linux here'),
  },
  async (t) => {
    const took = await endHeldUp(t, SCENES.find(({ state }) => state === 'stopped, in cells')!, 'SIGKILL');
    t.diagnostic(`gone after ${Math.round(took)} ms`);
  },
);

test('where there is no setpriv that can do it, a command stays what it is', () => {
  const same = { command: 'node', args: ['a', 'b'] };
  assert.deepEqual(boundToParent('node', ['a', 'b'], { platform: 'darwin' }), same);
  assert.deepEqual(boundToParent('node', ['a', 'b'], { path: '/nowhere' }), same);
  if (!bound) return;
  const { command, args } = boundToParent('echo', ['a', '--pdeathsig']);
  assert.equal(spawnSync(command, args, { encoding: 'utf8' }).stdout, 'a --pdeathsig\n');
});

import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type RestartType, type StartContext, Supervisor } from '../../src/supervision/index.ts';
import { oneIn } from '../soak.ts';
import { Stage, states } from './stage.ts';

const it = oneIn(3, import.meta.url);

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Whether what the reference points to is gone once the garbage has been collected, with all promises settled before. */
async function isGone(ref: WeakRef<object>): Promise<boolean> {
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
  return ref.deref() === undefined;
}

/** A child whose `start` holds on to something large. Made in here, so that no frame of the test keeps it. */
function heavy(stage: Stage, id: string, restart: RestartType): { spec: ReturnType<Stage['spec']>; ref: WeakRef<object> } {
  const large = { input: new Array(1_000).fill('potentially large') };
  const start = (context: StartContext) => {
    assert.equal(large.input.length, 1_000);
    return stage.start(context);
  };
  return { spec: { id, restart, start }, ref: new WeakRef(large) };
}

describe('what a supervisor holds on to', () => {
  for (const strategy of ['one_for_one', 'one_for_all', 'rest_for_one'] as const) {
    it(`do_not_save_start_parameters_for_temporary_children: ${strategy}`, async () => {
      const stage = new Stage();
      const supervisor = await stage.running({ strategy });
      const add = async (id: string, restart: RestartType): Promise<WeakRef<object>> => {
        const { spec, ref } = heavy(stage, id, restart);
        await supervisor.startChild(spec);
        return ref;
      };
      const permanent = await add('p', 'permanent');
      const transient = await add('t', 'transient');
      const temporary = await add('x', 'temporary');
      assert.equal(await isGone(temporary), true);
      assert.deepEqual([await isGone(permanent), await isGone(transient)], [false, false]);
      assert.equal(states(supervisor), 'p:running t:running x:running');
      await supervisor.stop();
      assert.deepEqual([await isGone(permanent), await isGone(transient)], [true, true], 'a stopped supervisor keeps nothing');
    });

    it(`do_not_save_child_specs_for_temporary_children: ${strategy}`, async () => {
      const stage = new Stage();
      const supervisor = await stage.running({ strategy });
      for (const end of ['dies', 'is terminated'] as const) {
        await supervisor.startChild(stage.spec('x', { restart: 'temporary' }));
        if (end === 'dies') await stage.kill('x');
        else await supervisor.terminateChild('x');
        assert.deepEqual(supervisor.which(), []);
      }
    });
  }

  it('the arguments of a simple child are kept as long as it may be restarted, and no longer', async () => {
    const stage = new Stage();
    const make = async (restart: RestartType) => {
      const template = { restart, start: (context: StartContext, _input: object) => stage.start(context) };
      const supervisor = await new Supervisor<object>({ strategy: 'simple_one_for_one', template, clock: stage.clock }).start();
      const start = async (id: string): Promise<WeakRef<object>> => {
        const input = { large: new Array(1_000).fill('potentially large') };
        await supervisor.startInstance(input, id);
        return new WeakRef(input);
      };
      return { supervisor, start };
    };
    const temporary = await make('temporary');
    assert.equal(await isGone(await temporary.start('x')), true);
    const transient = await make('transient');
    const input = await transient.start('t');
    assert.equal(await isGone(input), false);
    await stage.kill('t', { kind: 'normal' });
    assert.equal(await isGone(input), true);
    assert.deepEqual(transient.supervisor.which(), []);
  });

  it('an orphan does not hold the long row of those who came and went after it', async () => {
    const stage = new Stage();
    const supervisor = await stage.running(
      {},
      stage.spec('o', { restart: 'temporary', shutdown: 0, terminateTimeout: 0, manners: 'dead' }),
    );
    const ends: (() => void)[] = [];
    const start = () => ({ exited: new Promise<void>((resolve) => ends.push(resolve)), stop() {} });
    // Each is there when the one before it goes, so that a link from the one to the other would make one long chain.
    const pass = async (from: number, to: number): Promise<number> => {
      for (let i = from; i < to; i++) {
        await supervisor.startChild({ id: String(i), restart: 'temporary', start });
        if (i === 0) {
          const terminated = supervisor.terminateChild('o');
          await stage.settle();
          await terminated;
        } else ends.shift()?.();
      }
      stage.reports.length = 0;
      await new Promise((resolve) => setImmediate(resolve));
      collect();
      return process.memoryUsage().heapUsed;
    };
    const before = await pass(0, 1_000);
    const after = await pass(1_000, 21_000);
    assert.equal(supervisor.count().specs, 1);
    assert.equal(supervisor.tree().orphans, 1);
    assert.ok((after - before) / 20_000 < 100, `${(after - before) / 20_000} bytes for each that went`);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RestartIntensityError } from '../../src/supervision/index.ts';
import { chain, Stage, settled, states } from './stage.ts';

const HOUR = 3_600_000;

describe('one_for_one', () => {
  it('one_for_one: only the dead child is restarted', async () => {
    const stage = new Stage();
    const supervisor = await stage.running({ restart: { intensity: 2, within: HOUR, minTimeout: 0 } }, 'a', 'b');
    await stage.kill('a');
    assert.deepEqual(stage.takeLog(), ['a exits error', 'start a']);
    assert.deepEqual(supervisor.count(), { specs: 2, active: 2, supervisors: 0, workers: 2 });
    await stage.kill('b');
    assert.deepEqual(stage.takeLog(), ['b exits error', 'start b']);
    await stage.kill('a');
    assert.deepEqual(stage.takeLog(), ['a exits error', 'stop b', 'b exits shutdown']);
    assert.equal((await supervisor.exited).kind, 'error');
  });

  it('one_for_one_escalation: a child that cannot be restarted takes the supervisor down, and the cause stays readable', async () => {
    const stage = new Stage();
    const supervisor = await stage.running({ id: 'top', restart: { intensity: 4, within: HOUR, minTimeout: 0 } }, 'a', 'b');
    stage.script('a', 'fail', 'fail', 'fail', 'fail', 'fail');
    await stage.kill('a');
    const reason = await supervisor.exited;
    assert.deepEqual(stage.takeLog(), ['a exits error', ...Array(4).fill('start a (fail)'), 'stop b', 'b exits shutdown']);
    assert.ok(reason.kind === 'error');
    assert.deepEqual(chain(reason.error), ['ERR_RESTART_INTENSITY', 'ERR_CHILD_START', 'Error']);
    const error = reason.error as RestartIntensityError;
    assert.deepEqual([error.supervisor, error.child], ['top', 'a']);
    assert.match(error.message, /"top" gave up: more than 4 restarts within 3600000 ms\. The last to die was "a".*a cannot start/);
  });
});

describe('one_for_all', () => {
  it('one_for_all: the others are stopped in reverse order, then all are started in order', async () => {
    const stage = new Stage();
    const limits = { intensity: 2, within: HOUR, minTimeout: 0 };
    const supervisor = await stage.running({ strategy: 'one_for_all', restart: limits }, 'a', 'b', 'c');
    const stopped = ['stop c', 'c exits shutdown', 'stop a', 'a exits shutdown'];
    await stage.kill('b');
    assert.deepEqual(stage.takeLog(), ['b exits error', ...stopped, 'start a', 'start b', 'start c']);
    assert.deepEqual(supervisor.count(), { specs: 3, active: 3, supervisors: 0, workers: 3 });
    await stage.kill('b');
    assert.deepEqual(stage.takeLog(), ['b exits error', ...stopped, 'start a', 'start b', 'start c']);
    await stage.kill('b');
    assert.deepEqual(stage.takeLog(), ['b exits error', ...stopped]);
    assert.equal(await settled(supervisor.exited), true);
  });

  it('one_for_all_escalation', async () => {
    const stage = new Stage();
    const supervisor = await stage.running({ strategy: 'one_for_all', restart: { intensity: 2, minTimeout: 0 } }, 'a', 'b');
    stage.script('b', 'fail', 'fail', 'fail');
    await stage.kill('a');
    assert.deepEqual(stage.takeLog(), [
      'a exits error',
      'stop b',
      'b exits shutdown',
      'start a',
      'start b (fail)',
      'stop a',
      'a exits shutdown',
      'start a',
      'start b (fail)',
      'stop a',
      'a exits shutdown',
    ]);
    const reason = await supervisor.exited;
    assert.ok(reason.kind === 'error');
    assert.deepEqual(chain(reason.error), ['ERR_RESTART_INTENSITY', 'ERR_CHILD_START', 'Error']);
  });

  it('one_for_all_other_child_fails_restart: a restarted child is stopped again when its sibling fails to start', async () => {
    const stage = new Stage();
    const supervisor = await stage.running({ strategy: 'one_for_all', restart: { intensity: 3, minTimeout: 0 } }, 'a', 'b');
    stage.script('b', 'fail');
    await stage.kill('a');
    assert.deepEqual(stage.takeLog(), [
      'a exits error',
      'stop b',
      'b exits shutdown',
      'start a',
      'start b (fail)',
      'stop a',
      'a exits shutdown',
      'start a',
      'start b',
    ]);
    assert.equal(states(supervisor), 'a:running b:running');
    assert.deepEqual(stage.living, ['a', 'b']);
  });
});

describe('rest_for_one', () => {
  it('rest_for_one: only those started after the dead one are stopped and started with it', async () => {
    const stage = new Stage();
    const limits = { intensity: 2, within: HOUR, minTimeout: 0 };
    const supervisor = await stage.running({ strategy: 'rest_for_one', restart: limits }, 'a', 'b', 'c', 'd');
    const rest = ['stop d', 'd exits shutdown', 'stop c', 'c exits shutdown'];
    await stage.kill('b');
    assert.deepEqual(stage.takeLog(), ['b exits error', ...rest, 'start b', 'start c', 'start d']);
    await stage.kill('d');
    assert.deepEqual(stage.takeLog(), ['d exits error', 'start d']);
    await stage.kill('b');
    assert.deepEqual(stage.takeLog(), ['b exits error', ...rest, 'stop a', 'a exits shutdown']);
    assert.equal(await settled(supervisor.exited), true);
  });

  it('rest_for_one_escalation', async () => {
    const stage = new Stage();
    const supervisor = await stage.running({ strategy: 'rest_for_one', restart: { intensity: 4, minTimeout: 0 } }, 'a', 'b');
    stage.script('b', 'fail', 'fail', 'fail', 'fail');
    await stage.kill('a');
    const tries = Array(4).fill('start b (fail)');
    assert.deepEqual(stage.takeLog(), ['a exits error', 'stop b', 'b exits shutdown', 'start a', ...tries, 'stop a', 'a exits shutdown']);
    assert.equal((await supervisor.exited).kind, 'error');
  });

  it('rest_for_one_other_child_fails_restart: the restarted child stays up, only the failed one and those after it are tried again', async () => {
    const stage = new Stage();
    const supervisor = await stage.running({ strategy: 'rest_for_one', restart: { intensity: 3, minTimeout: 0 } }, 'a', 'b', 'c');
    stage.script('b', 'fail');
    await stage.kill('a');
    const stopped = ['stop c', 'c exits shutdown', 'stop b', 'b exits shutdown'];
    assert.deepEqual(stage.takeLog(), ['a exits error', ...stopped, 'start a', 'start b (fail)', 'start b', 'start c']);
    assert.equal(states(supervisor), 'a:running b:running c:running');
  });

  it('a child before the failing one dies while that one waits: one restart takes care of both', async () => {
    const stage = new Stage();
    const restart = { intensity: 9, minTimeout: 100, maxTimeout: 1_000 };
    const supervisor = await stage.running({ strategy: 'rest_for_one', restart }, 'a', 'b', 'c');
    stage.script('b', 'fail');
    await stage.kill('b');
    assert.equal(states(supervisor), 'a:running b:restarting c:stopped');
    await stage.kill('a');
    assert.equal(states(supervisor), 'a:restarting b:stopped c:stopped');
    stage.takeLog();
    await stage.clock.advance(1_000);
    assert.deepEqual(stage.takeLog(), ['start a', 'start b', 'start c']);
    assert.equal(stage.clock.pending, 0);
  });
});

describe('all strategies', () => {
  it('multiple_restarts: crashes slower than the intensity never escalate', async () => {
    for (const strategy of ['one_for_one', 'one_for_all', 'rest_for_one'] as const) {
      const stage = new Stage();
      const supervisor = await stage.running({ strategy, restart: { intensity: 1, within: 1_000, minTimeout: 0 } }, 'a', 'b');
      for (let i = 0; i < 500; i++) {
        await stage.kill('a');
        await stage.clock.advance(1_000);
      }
      assert.equal(states(supervisor), 'a:running b:running', strategy);
      assert.equal(supervisor.which()[0]!.restarts, 500);
      await supervisor.stop();
    }
  });

  it('temporary_bystander: a temporary sibling that a group restart stops is not started again, nor counted', async () => {
    for (const strategy of ['one_for_all', 'rest_for_one'] as const) {
      const stage = new Stage();
      const children = ['a', stage.spec('t', { restart: 'temporary' }), 'b'];
      const supervisor = await stage.running({ strategy, restart: { intensity: 1, minTimeout: 0 } }, ...children);
      await stage.kill('a', { kind: 'normal' });
      assert.deepEqual(stage.takeLog(), [
        'a exits normal',
        'stop b',
        'b exits shutdown',
        'stop t',
        't exits shutdown',
        'start a',
        'start b',
      ]);
      assert.equal(states(supervisor), 'a:running b:running');
    }
  });

  it('a transient sibling that had ended normally is started again with its group', async () => {
    const stage = new Stage();
    const supervisor = await stage.running({ strategy: 'one_for_all' }, 'a', stage.spec('b', { restart: 'transient' }));
    await stage.kill('b', { kind: 'normal' });
    assert.equal(states(supervisor), 'a:running b:stopped');
    await stage.kill('a');
    assert.equal(states(supervisor), 'a:running b:running');
  });

  it('growing delay: the first restart is immediate, the others wait, and a quiet spell forgives', async () => {
    for (const strategy of ['one_for_one', 'one_for_all', 'rest_for_one'] as const) {
      const stage = new Stage();
      const restart = { intensity: 9, within: 10_000, minTimeout: 100, maxTimeout: 300 };
      const supervisor = await stage.running({ strategy, restart }, 'a', 'b');
      const waits: number[] = [];
      for (let i = 0; i < 5; i++) {
        await stage.kill('a');
        const since = stage.clock.now();
        if (states(supervisor).startsWith('a:restarting')) {
          // Where siblings depend on it, they are stopped at once and not left alone meanwhile.
          assert.equal(states(supervisor), strategy === 'one_for_one' ? 'a:restarting b:running' : 'a:restarting b:stopped');
          await stage.clock.runUntilIdle();
        }
        waits.push(stage.clock.now() - since);
        assert.equal(states(supervisor), 'a:running b:running');
      }
      assert.deepEqual(waits, [0, 100, 200, 300, 300], strategy);
      await stage.clock.advance(10_001);
      await stage.kill('a');
      assert.equal(states(supervisor), 'a:running b:running');
    }
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type StartContext, supervisorChild } from '../../src/supervision/index.ts';
import { Stage, settled, states } from './stage.ts';

const patient = { intensity: 1_000, within: 3_600_000, minTimeout: 0 };
const fails = (n: number) => Array(n).fill('fail') as 'fail'[];
const groups = ['one_for_all', 'rest_for_one'] as const;

describe('a restart loop', () => {
  it('hanging_restart_loop: the child can be stopped in it, and restarted by hand', async () => {
    const stage = new Stage();
    const supervisor = await stage.running({ restart: { intensity: 8, within: 10_000, minTimeout: 100 } }, 'a');
    stage.script('a', ...fails(4));
    await stage.kill('a');
    await stage.clock.advance(150);
    await assert.rejects(supervisor.startChild(stage.spec('a')), { code: 'ERR_CHILD_EXISTS' });
    await assert.rejects(supervisor.restartChild('a'), { code: 'ERR_CHILD_NOT_STOPPED', state: 'restarting' });
    await assert.rejects(supervisor.deleteChild('a'), { code: 'ERR_CHILD_NOT_STOPPED' });
    assert.equal(states(supervisor), 'a:restarting');
    assert.deepEqual(supervisor.count(), { specs: 1, active: 0, supervisors: 0, workers: 1 });
    await supervisor.terminateChild('a');
    assert.equal(states(supervisor), 'a:stopped');
    assert.equal(stage.clock.pending, 0);
    stage.script('a');
    await supervisor.restartChild('a');
    assert.equal(states(supervisor), 'a:running');
  });

  it('hanging_restart_loop: the supervisor can be stopped in it', async () => {
    for (const strategy of ['one_for_one', ...groups] as const) {
      const stage = new Stage();
      const supervisor = await stage.running({ strategy, restart: { ...patient, minTimeout: 100 } }, 'a', 'b');
      stage.script('b', ...fails(1_000));
      await stage.kill('b');
      await stage.clock.advance(1_000);
      stage.takeLog();
      assert.deepEqual(await supervisor.stop(), { kind: 'shutdown' });
      assert.ok(!stage.log.some((line) => line.startsWith('start')));
      assert.deepEqual([stage.living, stage.clock.pending], [[], 0], strategy);
    }
  });

  it('hanging_restart_loop_simple', async () => {
    const stage = new Stage();
    const template = { start: (context: StartContext) => stage.start(context) };
    const supervisor = await stage
      .supervisor<void>({ strategy: 'simple_one_for_one', template, restart: { ...patient, minTimeout: 100 } })
      .start();
    const { id } = await supervisor.startInstance();
    await supervisor.startInstance();
    stage.script(id, ...fails(1_000));
    await stage.kill(id);
    await stage.clock.advance(1_000);
    assert.equal(states(supervisor), '1:restarting 2:running');
    assert.deepEqual(supervisor.count(), { specs: 1, active: 1, supervisors: 0, workers: 2 });
    await supervisor.terminateChild(id);
    assert.equal(states(supervisor), '2:running');
    stage.script('2', ...fails(1_000));
    await stage.kill('2');
    await supervisor.stop();
    assert.equal(stage.clock.pending, 0);
  });

  it('without any delay it still goes through the clock, so that everything else gets its turn between two tries', async () => {
    for (const strategy of ['one_for_one', ...groups] as const) {
      const stage = new Stage();
      const supervisor = await stage.running({ strategy, restart: patient }, 'a', 'b');
      stage.script('a', ...fails(1_000));
      stage.actor('a').die();
      for (let i = 0; i < 20; i++) {
        await new Promise((resolve) => setImmediate(resolve));
        assert.equal(supervisor.which()[0]!.state, 'restarting');
        assert.equal(supervisor.which()[0]!.restarts, i + 1, 'one try, and one only, for each turn of the clock');
        assert.equal(supervisor.tree().children?.[0]?.state, 'restarting');
        stage.clock.step();
      }
      await supervisor.stop();
    }
  });

  it('restarts without a delay follow at once, as in OTP, but every hundredth goes through the clock', async () => {
    const stage = new Stage();
    let starts = 0;
    const start = () => {
      starts++;
      return { exited: Promise.resolve(), stop() {} };
    };
    const supervisor = await stage.running({ restart: patient });
    await supervisor.startChild({ id: 'a', start });
    for (let turn = 1; turn < 10; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(starts, 100 * turn, 'the others get their turn');
      stage.clock.step();
    }
    await supervisor.stop();
  });

  it('a try that failed counts when the next one begins: a death of an elder that comes first takes it along, and counts alone', async () => {
    const stage = new Stage();
    const supervisor = await stage.running({ strategy: 'rest_for_one', restart: { intensity: 2, minTimeout: 100 } }, 'a', 'b');
    stage.script('b', 'fail');
    await stage.kill('b');
    await stage.kill('a');
    await stage.clock.advance(1_000);
    assert.equal(states(supervisor), 'a:running b:running');
    await stage.kill('b');
    assert.deepEqual(await supervisor.exited.then(({ kind }) => kind), 'error', 'that was the third');
  });

  it('where the next try is certain to be one too many, nobody waits for it; where it is not, it is made', async () => {
    for (const [within, ends] of [
      [500, true],
      [99, false],
    ] as const) {
      const stage = new Stage();
      const supervisor = await stage.running({ restart: { intensity: 1, within, minTimeout: 100 } }, 'a');
      stage.script('a', 'fail');
      await stage.kill('a');
      assert.equal(await settled(supervisor.exited), ends);
      await stage.clock.advance(100);
      assert.equal(states(supervisor), ends ? 'a:stopped' : 'a:running');
      await supervisor.stop();
    }
  });

  it('terminateChild in the loop of a group: the others do not wait for it any longer', async () => {
    for (const strategy of groups) {
      const stage = new Stage();
      const supervisor = await stage.running({ strategy, restart: { ...patient, minTimeout: 100 } }, 'a', 'b', 'c', 'd');
      stage.script('b', ...fails(1_000));
      await stage.kill('b');
      assert.equal(
        states(supervisor),
        strategy === 'one_for_all' ? 'a:stopped b:restarting c:stopped d:stopped' : 'a:running b:restarting c:stopped d:stopped',
      );
      stage.script('c', 'fail');
      await Promise.all([supervisor.terminateChild('b'), supervisor.terminateChild('d').then(() => supervisor.deleteChild('d'))]);
      stage.script('b');
      await stage.clock.runUntilIdle();
      assert.ok(stage.living.includes('c'));
      assert.ok(!stage.living.includes('d'), 'what was deleted meanwhile stays deleted');
      assert.ok(!supervisor.which().some(({ id, state }) => state !== 'running' && id !== 'b'));
      await supervisor.stop();
    }
  });

  it('a child that was deleted while its group waited is not started with it', async () => {
    for (const strategy of groups) {
      const stage = new Stage();
      const supervisor = await stage.running({ strategy, restart: { ...patient, minTimeout: 100 } }, 'a', 'b', 'c', 'd');
      stage.script('b', 'fail');
      await stage.kill('b');
      await Promise.all([supervisor.terminateChild('b'), supervisor.deleteChild('d')]);
      await stage.clock.runUntilIdle();
      assert.equal(states(supervisor), 'a:running b:stopped c:running');
      assert.deepEqual(stage.events('childStartFailed').length, 1);
    }
  });

  it('startChild joins in during the loop of a group, and takes part in it', async () => {
    const stage = new Stage();
    const supervisor = await stage.running({ strategy: 'one_for_all', restart: { ...patient, minTimeout: 100 } }, 'a', 'b');
    stage.script('a', 'fail');
    await stage.kill('a');
    await supervisor.startChild(stage.spec('c'));
    assert.equal(states(supervisor), 'a:restarting b:stopped c:running');
    stage.takeLog();
    await stage.clock.advance(200);
    assert.deepEqual(stage.takeLog(), ['stop c', 'c exits shutdown', 'start a', 'start b', 'start c']);
  });

  it('a slow start of one child holds up nobody else where children do not depend on each other', async () => {
    const stage = new Stage();
    const supervisor = await stage.running({}, 'a', 'b');
    stage.script('a', 'slow');
    await stage.kill('a');
    await stage.kill('b');
    assert.equal(states(supervisor), 'a:starting b:running');
    await supervisor.startChild(stage.spec('c'));
    await stage.arrive('a');
    assert.equal(states(supervisor), 'a:running b:running c:running');
  });

  it('ends in escalation even if every restart succeeds and every child dies at once', async () => {
    const stage = new Stage();
    const supervisor = await stage.running({ restart: { intensity: 50, minTimeout: 1, maxTimeout: 8 } });
    let starts = 0;
    const start = () => {
      starts++;
      return { exited: Promise.reject(new Error('dead on arrival')), stop() {} };
    };
    await supervisor.startChild({ id: 'a', start });
    await stage.clock.runUntilIdle();
    assert.equal((await supervisor.exited).kind, 'error');
    assert.equal(starts, 51);
  });

  it('of a supervisor below: the one above can be stopped meanwhile', async () => {
    const stage = new Stage();
    const below = supervisorChild({ id: 'below', restart: { ...patient, minTimeout: 50 }, children: [stage.spec('a')] });
    const top = await stage.running({}, below);
    stage.script('a', ...fails(1_000));
    await stage.kill('a');
    await stage.clock.advance(10_000);
    assert.equal(await settled(top.exited), false);
    await top.stop();
    assert.equal(stage.clock.pending, 0);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ChildSpec, type Supervisor, supervisorChild } from '../../src/supervision/index.ts';
import { chain, Stage, settled, states } from './stage.ts';

describe('stop during start', () => {
  it('start is told, given `shutdown` and `terminateTimeout` to notice, and then given up; what it brings later is killed', async () => {
    const stage = new Stage();
    stage.script('b', 'slow');
    const b = stage.spec('b', { shutdown: 200, terminateTimeout: 100 });
    const supervisor = stage.supervisor({ children: [stage.spec('a'), b, stage.spec('c')] });
    const refused = assert.rejects(supervisor.start(), { code: 'ERR_SUPERVISOR_STATE', message: /to be running, got stopped/ });
    await stage.settle();
    const stopped = supervisor.stop();
    await stage.clock.advance(299);
    assert.equal(await settled(stopped), false);
    await stage.clock.advance(1);
    await stopped;
    await refused;
    assert.deepEqual(stage.takeLog(), ['start a', 'start b (slow)', 'start b aborted', 'stop a', 'a exits shutdown']);
    assert.equal(supervisor.tree().orphans, 1);
    await stage.arrive('b');
    assert.deepEqual(stage.takeLog(), ['kill b', 'b exits killed']);
    assert.equal(supervisor.tree().orphans, undefined);
    assert.equal(stage.clock.pending, 0);
  });

  it('a start that comes back in time is stopped in its turn; one that fails is no failure', async () => {
    for (const how of ['ok', 'fail'] as const) {
      const stage = new Stage();
      stage.script('b', 'slow');
      const supervisor = stage.supervisor({ children: [stage.spec('a'), stage.spec('b'), stage.spec('c')] });
      const refused = assert.rejects(supervisor.start(), { code: 'ERR_SUPERVISOR_STATE' });
      await stage.settle();
      const stopped = supervisor.stop();
      stage.takeLog();
      await stage.arrive('b', how);
      assert.deepEqual(await stopped, { kind: 'shutdown' });
      await refused;
      const b = how === 'ok' ? ['stop b', 'b exits shutdown'] : [];
      assert.deepEqual(stage.takeLog(), [...b, 'stop a', 'a exits shutdown']);
      assert.equal(stage.events('childStartFailed').length, 0);
    }
  });

  it('of a restart under way, by stop and by terminateChild', async () => {
    for (const strategy of ['one_for_one', 'one_for_all', 'rest_for_one'] as const) {
      for (const how of ['stop', 'terminateChild'] as const) {
        const stage = new Stage();
        const supervisor = await stage.running(
          { strategy, restart: { intensity: 1, minTimeout: 0 } },
          stage.spec('a', { shutdown: 50, terminateTimeout: 20 }),
          'b',
        );
        stage.script('a', 'slow');
        await stage.kill('a');
        const done = how === 'stop' ? supervisor.stop() : supervisor.terminateChild('a');
        await stage.clock.advance(70);
        await done;
        await stage.settle();
        assert.equal(states(supervisor), how === 'stop' ? 'a:stopped b:stopped' : 'a:stopped b:running', `${strategy} ${how}`);
        assert.equal(stage.clock.pending, 0);
        await stage.arrive('a', 'fail');
        assert.equal(supervisor.tree().orphans, undefined);
        await supervisor.stop();
      }
    }
  });

  it('of a child that is being added', async () => {
    for (const strategy of ['one_for_one', 'one_for_all'] as const) {
      const stage = new Stage();
      const supervisor = await stage.running({ strategy }, 'a');
      stage.script('b', 'slow');
      const refused = assert.rejects(supervisor.startChild(stage.spec('b', { shutdown: 0, terminateTimeout: 10 })), {
        code: 'ERR_CHILD_START_CANCELLED',
      });
      await stage.settle();
      assert.equal(states(supervisor), 'a:running b:starting');
      const done = assert.rejects(supervisor.terminateChild('b'), { code: 'ERR_CHILD_NOT_FOUND' });
      await stage.clock.advance(10);
      await Promise.all([refused, done]);
      assert.equal(states(supervisor), 'a:running');
    }
  });

  it('from inside a start', async () => {
    const stage = new Stage();
    let supervisor!: Supervisor;
    const meddler: ChildSpec = {
      id: 'm',
      start: (context) => {
        void supervisor.stop();
        return stage.start(context);
      },
    };
    supervisor = stage.supervisor({ children: [stage.spec('a'), meddler, stage.spec('b')] });
    await assert.rejects(supervisor.start(), { code: 'ERR_SUPERVISOR_STATE' });
    assert.deepEqual(stage.takeLog(), ['start a', 'start m', 'stop m', 'm exits shutdown', 'stop a', 'a exits shutdown']);
  });

  it('a terminateChild that came before the stop is finished first, one that comes after it is refused', async () => {
    const stage = new Stage();
    const supervisor = await stage.running({}, stage.spec('a', { manners: 50 }), stage.spec('b', { manners: 50 }));
    const first = supervisor.terminateChild('b');
    const stopped = supervisor.stop();
    await assert.rejects(supervisor.terminateChild('a'), { code: 'ERR_SUPERVISOR_STATE', state: 'stopping' });
    await stage.clock.advance(50);
    await first;
    await stage.clock.advance(50);
    assert.deepEqual(await stopped, { kind: 'shutdown' });
    assert.deepEqual(stage.takeLog(), ['stop b', 'b exits shutdown', 'stop a', 'a exits shutdown']);
  });
});

describe('a start that never resolves', () => {
  it('has failed after startTimeout, 10 s by default', async () => {
    const stage = new Stage();
    stage.script('a', 'slow');
    const supervisor = stage.supervisor({ children: [stage.spec('a')] });
    const refused = assert.rejects(supervisor.start(), (error: Error) => {
      assert.deepEqual(chain(error), ['ERR_CHILD_START', 'ERR_CHILD_START_TIMEOUT']);
      assert.match(error.message, /did not settle within 10000 ms/);
      return true;
    });
    await stage.clock.advance(9_999);
    assert.equal(states(supervisor), 'a:starting');
    await stage.clock.advance(1);
    await refused;
    assert.deepEqual(stage.takeLog(), ['start a (slow)', 'start a aborted']);
  });

  it('is not given more time because it is stopped meanwhile', async () => {
    const stage = new Stage();
    stage.script('a', 'slow');
    const supervisor = stage.supervisor({ children: [stage.spec('a', { startTimeout: 40, shutdown: 5_000 })] });
    const refused = assert.rejects(supervisor.start(), { code: 'ERR_SUPERVISOR_STATE' });
    await stage.clock.advance(30);
    const stopped = supervisor.stop();
    await stage.clock.advance(10);
    assert.equal(await settled(stopped), true);
    await refused;
  });

  it('counts as a failed restart, and the latecomer is an orphan until it has died', async () => {
    const stage = new Stage();
    const supervisor = await stage.running({ restart: { intensity: 3, minTimeout: 0 } }, stage.spec('a', { startTimeout: 40 }));
    stage.script('a', 'slow', 'ok');
    await stage.kill('a');
    await stage.clock.advance(40);
    assert.equal(states(supervisor), 'a:running');
    assert.equal(supervisor.tree().orphans, 1);
    stage.takeLog();
    await stage.arrive('a');
    assert.deepEqual(stage.takeLog(), ['kill a', 'a exits killed']);
    assert.deepEqual([states(supervisor), supervisor.tree().orphans], ['a:running', undefined]);
    assert.equal(stage.living.length, 1);
  });

  it('in a supervisor below: it is stopped through its signal', async () => {
    const stage = new Stage();
    stage.script('b', 'slow');
    const below = supervisorChild({ id: 'below', children: [stage.spec('a'), stage.spec('b', { shutdown: 0, terminateTimeout: 25 })] });
    const top = stage.supervisor({ children: [below] });
    const refused = assert.rejects(top.start(), { code: 'ERR_SUPERVISOR_STATE' });
    await stage.settle();
    const stopped = top.stop();
    await stage.clock.advance(25);
    await Promise.all([stopped, refused]);
    assert.deepEqual([stage.living, stage.clock.pending], [[], 0]);
  });
});

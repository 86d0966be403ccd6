import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RunningChild, StartContext } from '../../src/supervision/index.ts';
import { crash, Stage, settled, states } from './stage.ts';

describe('start and stop', () => {
  it('sup_start_normal: an empty supervisor starts and stops', async () => {
    const stage = new Stage();
    const supervisor = await stage.supervisor({}).start();
    assert.deepEqual(await supervisor.stop(), { kind: 'shutdown' });
    assert.deepEqual(await supervisor.exited, { kind: 'shutdown' });
  });

  it('order of start and stop: forwards, and backwards, each only when the one before is done', async () => {
    const stage = new Stage();
    stage.script('b', 'slow');
    const children = [stage.spec('a', { manners: 20 }), stage.spec('b', { manners: 10 }), stage.spec('c')];
    const supervisor = stage.supervisor({ children });
    const started = supervisor.start();
    assert.equal(await settled(started), false);
    assert.deepEqual(stage.takeLog(), ['start a', 'start b (slow)']);
    assert.equal(states(supervisor), 'a:running b:starting c:stopped');
    await stage.arrive('b');
    await started;
    assert.deepEqual(stage.takeLog(), ['start c']);
    const stopped = supervisor.stop();
    await stage.settle();
    assert.deepEqual(stage.takeLog(), ['stop c', 'c exits shutdown', 'stop b']);
    assert.equal(states(supervisor), 'a:running b:stopping c:stopped');
    await stage.clock.advance(10);
    assert.deepEqual(stage.takeLog(), ['b exits shutdown', 'stop a']);
    assert.equal(await settled(stopped), false);
    await stage.clock.advance(20);
    await stopped;
    assert.equal(stage.clock.pending, 0);
  });

  it('stop is idempotent, also before the start, and terminal', async () => {
    const stage = new Stage();
    const supervisor = await stage.running({}, 'a');
    assert.deepEqual(await Promise.all([supervisor.stop(), supervisor.stop()]), [{ kind: 'shutdown' }, { kind: 'shutdown' }]);
    assert.deepEqual(stage.takeLog(), ['stop a', 'a exits shutdown']);
    await supervisor.stop();
    await assert.rejects(supervisor.start(), { code: 'ERR_SUPERVISOR_STATE', message: /to be idle, got stopped/ });
    await assert.rejects(supervisor.startChild(stage.spec('b')), { code: 'ERR_SUPERVISOR_STATE' });
    const never = stage.supervisor({ children: [stage.spec('x')] });
    await never.stop();
    await assert.rejects(never.start(), { code: 'ERR_SUPERVISOR_STATE' });
    assert.deepEqual(stage.takeLog(), []);
  });

  it('await using stops it', async () => {
    const stage = new Stage();
    {
      await using _supervisor = await stage.running({}, 'a');
      assert.deepEqual(stage.living, ['a']);
    }
    assert.deepEqual(stage.living, []);
  });
});

describe('how a child is stopped', () => {
  it('sup_stop_infinity: as long as it takes', async () => {
    const stage = new Stage();
    const supervisor = await stage.running({}, stage.spec('a', { shutdown: Number.POSITIVE_INFINITY, manners: 1_000_000 }));
    const stopped = supervisor.stop();
    await stage.clock.advance(999_999);
    assert.equal(await settled(stopped), false);
    await stage.clock.advance(1);
    await stopped;
    assert.deepEqual(stage.takeLog(), ['stop a', 'a exits shutdown']);
  });

  it('sup_stop_timeout: asked, waited for, killed, and still waited for', async () => {
    const stage = new Stage();
    const supervisor = await stage.running({}, stage.spec('a', { shutdown: 1_000 }), stage.spec('b', { shutdown: 1_000, manners: 'deaf' }));
    const stopped = supervisor.stop();
    await stage.clock.advance(999);
    assert.deepEqual(stage.takeLog(), ['stop b']);
    await stage.clock.advance(1);
    await stopped;
    assert.deepEqual(stage.takeLog(), ['kill b', 'b exits killed', 'stop a', 'a exits shutdown']);
    assert.deepEqual(
      stage.events('childKilled').map((report) => report.at),
      [1_000],
    );
  });

  it('sup_stop_brutal_kill: shutdown 0 kills without asking', async () => {
    const stage = new Stage();
    const supervisor = await stage.running({}, stage.spec('a'), stage.spec('b', { shutdown: 0 }));
    await supervisor.stop();
    assert.deepEqual(stage.takeLog(), ['kill b', 'b exits killed', 'stop a', 'a exits shutdown']);
  });

  it('child_unlink: one that plays dead is given up, reported, and counted until it does die', async () => {
    const stage = new Stage();
    const supervisor = await stage.running({}, 'a', stage.spec('b', { shutdown: 100, terminateTimeout: 50, manners: 'dead' }));
    const actor = stage.actor('b');
    const stopped = supervisor.terminateChild('b');
    await stage.clock.advance(149);
    assert.equal(await settled(stopped), false);
    await stage.clock.advance(1);
    await stopped;
    assert.deepEqual(stage.takeLog(), ['stop b', 'kill b']);
    assert.equal(supervisor.tree().orphans, 1);
    assert.equal(stage.events('childOrphaned').length, 1);
    await supervisor.restartChild('b');
    assert.equal(states(supervisor), 'a:running b:running');
    actor.die();
    await stage.settle();
    // Its late death notice does not touch its successor.
    assert.equal(states(supervisor), 'a:running b:running');
    assert.equal(supervisor.tree().orphans, undefined);
    assert.equal(stage.events('orphanExited').length, 1);
    assert.equal(stage.events('childExited').length, 0);
  });

  it('a child that plays dead holds up neither a group restart nor the stop of its supervisor forever', async () => {
    const stage = new Stage();
    const dead = stage.spec('b', { shutdown: 100, terminateTimeout: 50, manners: 'dead' });
    const supervisor = await stage.running({ strategy: 'one_for_all' }, 'a', dead);
    await stage.kill('a');
    assert.equal(states(supervisor), 'a:restarting b:stopping');
    await stage.clock.advance(150);
    assert.equal(states(supervisor), 'a:running b:running');
    const stopped = supervisor.stop();
    await stage.clock.advance(150);
    await stopped;
    assert.equal(supervisor.tree().orphans, 2);
  });

  it('a reply to stop is no death notice', async () => {
    const stage = new Stage();
    let exit!: () => void;
    const exited = new Promise<void>((resolve) => {
      exit = resolve;
    });
    const supervisor = await stage.running({}, { id: 'a', start: () => ({ exited, stop: () => Promise.resolve('done') }) });
    const stopped = supervisor.stop();
    await stage.clock.advance(100);
    assert.equal(await settled(stopped), false);
    exit();
    await stopped;
  });

  it('one whose stop throws or rejects is killed at once, and what kill throws is reported too', async () => {
    for (const fail of [() => Promise.reject(new Error('no')), () => raise()]) {
      const stage = new Stage();
      let exit!: () => void;
      const running: RunningChild = {
        exited: new Promise<void>((resolve) => {
          exit = resolve;
        }),
        stop: fail,
        kill: () => {
          exit();
          return fail();
        },
      };
      const supervisor = await stage.running({}, { id: 'a', shutdown: Number.POSITIVE_INFINITY, start: () => running });
      await supervisor.stop();
      assert.equal(stage.events('childKilled').length, 1);
      assert.ok(stage.events('shutdownFailed').length >= 1);
      assert.equal(stage.clock.pending, 0);
    }
  });

  it('one that cannot be asked nor killed is given up even if its shutdown is Infinity', async () => {
    const stage = new Stage();
    const zombie: RunningChild = { exited: new Promise<void>(() => {}), stop: raise };
    const supervisor = await stage.running({}, { id: 'a', shutdown: Number.POSITIVE_INFINITY, start: () => zombie });
    const stopped = supervisor.stop();
    await stage.clock.advance(2_000);
    assert.equal(await settled(stopped), true);
    assert.equal(supervisor.tree().orphans, 1);
  });

  it('one that crashes while it is being stopped is stopped, and the crash is reported', async () => {
    const stage = new Stage();
    const supervisor = await stage.running({}, stage.spec('a', { manners: 'deaf' }));
    const stopped = supervisor.terminateChild('a');
    await stage.kill('a', crash('on the way out'));
    await stopped;
    assert.equal(states(supervisor), 'a:stopped');
    const [report] = stage.events('shutdownFailed');
    assert.match(String(report?.event === 'shutdownFailed' && report.error), /on the way out/);
    assert.deepEqual(stage.events('childExited'), []);
    await stage.clock.runUntilIdle();
    assert.deepEqual(stage.takeLog(), ['stop a', 'a exits error']);
  });
});

describe('parallel shutdown under one timer', () => {
  it('simple_one_for_one_shutdown: all are asked at once, and who is late is killed when the one timer fires', async () => {
    const stage = new Stage();
    let next = 0;
    const manners = [1_000, 1_000, 5_000, 'dead'] as const;
    const template = { shutdown: 2_000, terminateTimeout: 300, start: (context: StartContext) => stage.start(context, manners[next++]!) };
    const supervisor = await stage.supervisor<void>({ strategy: 'simple_one_for_one', template }).start();
    for (const _ of manners) await supervisor.startInstance();
    stage.takeLog();
    const stopped = supervisor.stop();
    await stage.settle();
    assert.deepEqual(stage.takeLog(), ['stop 1', 'stop 2', 'stop 3', 'stop 4']);
    assert.equal(stage.clock.pending, 1 + 3, 'one timer of the supervisor, three of the actors');
    await stage.clock.advance(1_999);
    assert.deepEqual(stage.takeLog(), ['1 exits shutdown', '2 exits shutdown']);
    await stage.clock.advance(1);
    assert.deepEqual(stage.takeLog(), ['kill 3', '3 exits killed', 'kill 4']);
    assert.equal(await settled(stopped), false);
    await stage.clock.advance(300);
    await stopped;
    assert.equal(stage.clock.now(), 2_300);
    assert.equal(supervisor.tree().orphans, 1);
  });
});

describe('parallel shutdown of the unwilling', () => {
  it('once only such are left that cannot be asked, shutdown is not waited for', async () => {
    const stage = new Stage();
    const template = {
      shutdown: Number.POSITIVE_INFINITY,
      start: (context: StartContext, willing: boolean) =>
        willing ? stage.start(context, 500) : { exited: new Promise<void>(() => {}), stop: raise },
    };
    const supervisor = await stage.supervisor<boolean>({ strategy: 'simple_one_for_one', template }).start();
    await supervisor.startInstance(true);
    await supervisor.startInstance(false);
    const stopped = supervisor.stop();
    await stage.clock.advance(500 + 1_999);
    assert.equal(await settled(stopped), false);
    await stage.clock.advance(1);
    assert.equal(await settled(stopped), true);
    assert.equal(supervisor.tree().orphans, 1);
    assert.equal(stage.clock.pending, 0);
  });
});

function raise(): never {
  throw new Error('will not');
}

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type RestartType, type Supervisor, supervisorChild } from '../../src/supervision/index.ts';
import { Stage, states } from './stage.ts';

describe('two children die in the same tick', () => {
  it('one_for_one: each is restarted, each counts', async () => {
    const stage = new Stage();
    const supervisor = await stage.running({ restart: { intensity: 2, minTimeout: 0 } }, 'a', 'b', 'c');
    stage.actor('a').die();
    stage.actor('b').die();
    await stage.settle();
    assert.equal(states(supervisor), 'a:running b:running c:running');
    await stage.kill('c');
    assert.equal((await supervisor.exited).kind, 'error');
  });

  it('one_for_all, rest_for_one: the second death is part of the restart of the first, in whichever order they come', async () => {
    for (const strategy of ['one_for_all', 'rest_for_one'] as const) {
      for (const order of [
        ['a', 'b'],
        ['b', 'a'],
      ]) {
        const stage = new Stage();
        const supervisor = await stage.running({ strategy, restart: { intensity: 2, minTimeout: 0 } }, 'a', 'b', 'c');
        for (const id of order) stage.actor(id).die();
        await stage.settle();
        assert.equal(states(supervisor), 'a:running b:running c:running', `${strategy} ${order}`);
        assert.deepEqual(stage.living, ['a', 'b', 'c']);
        await supervisor.stop();
      }
    }
  });

  it('one_for_all: a sibling that dies while the others are being stopped does not count', async () => {
    const stage = new Stage();
    const supervisor = await stage.running(
      { strategy: 'one_for_all', restart: { intensity: 1 } },
      'a',
      'b',
      stage.spec('c', { manners: 30 }),
    );
    await stage.kill('a');
    await stage.kill('b');
    assert.equal(states(supervisor), 'a:restarting b:dead c:stopping');
    await stage.clock.advance(30);
    assert.equal(states(supervisor), 'a:running b:running c:running');
    const joined = stage.events('childExited').map((report) => report.event === 'childExited' && `${report.child} ${report.decision}`);
    assert.deepEqual(joined, ['a restart', 'b joined']);
  });

  it('a child that was just started dies while its group is still starting: it counts, and is seen to afterwards', async () => {
    const stage = new Stage();
    const supervisor = await stage.running({ strategy: 'rest_for_one', restart: { intensity: 2, minTimeout: 0 } }, 'a', 'b');
    stage.script('b', 'slow');
    await stage.kill('a');
    await stage.kill('a');
    assert.equal(states(supervisor), 'a:dead b:starting');
    stage.takeLog();
    await stage.arrive('b');
    assert.deepEqual(stage.takeLog(), ['stop b', 'b exits shutdown', 'start a', 'start b']);
    assert.equal(states(supervisor), 'a:running b:running');
  });

  it('a child that dies while the supervisor is starting waits until that is done', async () => {
    for (const strategy of ['one_for_one', 'one_for_all'] as const) {
      const stage = new Stage();
      stage.script('b', 'slow');
      const supervisor = stage.supervisor({ strategy, children: [stage.spec('a'), stage.spec('b')] });
      const started = supervisor.start();
      await stage.settle();
      await stage.kill('a');
      assert.equal(states(supervisor), 'a:dead b:starting');
      await stage.arrive('b');
      await started;
      assert.equal(states(supervisor), 'a:running b:running');
      await supervisor.stop();
    }
  });
});

describe('what a death during the start of a supervisor leads to is no failure of its start', () => {
  const jobs = (stage: Stage, how: 'significant' | 'intensity', restart: RestartType) => {
    const first = stage.spec('first', how === 'significant' ? { restart: 'temporary', significant: true } : {});
    const children = [first, stage.spec('late')];
    const autoShutdown = how === 'significant' ? 'any_significant' : 'never';
    return supervisorChild({ id: 'jobs', autoShutdown, restart: { intensity: 0 }, children }, { restart });
  };

  for (const how of ['significant', 'intensity'] as const) {
    it(`${how}: the supervisor above starts, lives, and restarts it or not`, async () => {
      for (const restart of ['permanent', 'temporary'] as const) {
        const stage = new Stage();
        stage.script('late', 'slow');
        const app = stage.supervisor({ id: 'app', restart: { minTimeout: 0 }, children: [jobs(stage, how, restart), stage.spec('other')] });
        const started = app.start();
        await stage.settle();
        await stage.kill('first');
        assert.equal(app.tree().state, 'starting');
        await stage.arrive('late');
        await started;
        await stage.settle();
        assert.equal(states(app), restart === 'permanent' ? 'jobs:running other:running' : 'other:running');
        const deaths = stage.events('childExited').map((report) => report.event === 'childExited' && `${report.child} ${report.decision}`);
        assert.deepEqual(deaths.slice(-1), [`jobs ${restart === 'permanent' ? 'restart' : 'remove'}`]);
        await app.stop();
      }
    });

    it(`${how}: alone, its start resolves, and exited says how it ended`, async () => {
      const stage = new Stage();
      stage.script('late', 'slow');
      const spec = jobs(stage, how, 'permanent');
      const context = { id: 'jobs', restarts: 0, signal: new AbortController().signal, clock: stage.clock, report: undefined };
      const started = Promise.resolve(spec.start(context));
      await stage.settle();
      await stage.kill('first');
      await stage.arrive('late');
      const supervisor = (await started) as Supervisor;
      assert.equal((await supervisor.exited).kind, how === 'significant' ? 'shutdown' : 'error');
      assert.deepEqual(stage.living, []);
    });
  }
});

describe('an exit at an odd moment', () => {
  it('before start has come back: the child is restarted like any other', async () => {
    const stage = new Stage();
    let starts = 0;
    const start = async () => {
      const exited = starts++ === 0 ? Promise.resolve({ kind: 'killed' } as const) : new Promise<void>(() => {});
      await null;
      return { exited, stop() {}, kill() {} };
    };
    const supervisor = await stage.running({});
    await supervisor.startChild({ id: 'a', start });
    await stage.settle();
    assert.equal(starts, 2);
    assert.equal(supervisor.which()[0]!.restarts, 1);
  });

  it('of a temporary child at once: it is gone, and the caller is told that it started', async () => {
    const stage = new Stage();
    const supervisor = await stage.running({});
    const start = () => ({ exited: Promise.resolve(), stop() {} });
    await supervisor.startChild({ id: 'a', restart: 'temporary', start });
    await stage.settle();
    assert.deepEqual(supervisor.which(), []);
  });

  it('while it is terminated by hand: it stays stopped', async () => {
    for (const strategy of ['one_for_one', 'one_for_all', 'rest_for_one'] as const) {
      const stage = new Stage();
      const supervisor = await stage.running({ strategy }, 'a', 'b');
      stage.actor('a').die();
      await supervisor.terminateChild('a');
      await stage.settle();
      assert.equal(states(supervisor), 'a:stopped b:running', strategy);
    }
  });

  it('of all children when the supervisor is being stopped', async () => {
    const stage = new Stage();
    const supervisor = await stage.running({ restart: { intensity: 0 } }, 'a', 'b', stage.spec('c', { manners: 10 }));
    const stopped = supervisor.stop();
    await stage.kill('a');
    await stage.kill('b');
    await stage.clock.advance(10);
    assert.deepEqual(await stopped, { kind: 'shutdown' });
    assert.ok(!stage.log.some((line) => line.startsWith('start')));
  });
});

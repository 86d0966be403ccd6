import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ignore, type StartContext, supervisorChild } from '../../src/supervision/index.ts';
import { chain, Stage, states } from './stage.ts';

describe('children come and go', () => {
  it('child_adm: start, terminate, restart, delete', async () => {
    const stage = new Stage();
    const supervisor = await stage.running({}, 'a');
    await assert.rejects(supervisor.startChild(stage.spec('a')), { code: 'ERR_CHILD_EXISTS', message: /which is running/ });
    await assert.rejects(supervisor.terminateChild('z'), { code: 'ERR_CHILD_NOT_FOUND' });
    await supervisor.terminateChild('a');
    assert.deepEqual(supervisor.count(), { specs: 1, active: 0, supervisors: 0, workers: 1 });
    await supervisor.terminateChild('a');
    await assert.rejects(supervisor.startChild(stage.spec('a')), { code: 'ERR_CHILD_EXISTS', message: /which is stopped.*restartChild/ });
    assert.deepEqual(await supervisor.restartChild('a'), { id: 'a', type: 'worker', restart: 'permanent', state: 'running', restarts: 1 });
    await assert.rejects(supervisor.restartChild('a'), { code: 'ERR_CHILD_NOT_STOPPED', state: 'running' });
    await assert.rejects(supervisor.restartChild('z'), { code: 'ERR_CHILD_NOT_FOUND' });
    await assert.rejects(supervisor.deleteChild('a'), { code: 'ERR_CHILD_NOT_STOPPED' });
    await assert.rejects(supervisor.deleteChild('z'), { code: 'ERR_CHILD_NOT_FOUND' });
    await supervisor.terminateChild('a');
    await supervisor.deleteChild('a');
    await assert.rejects(supervisor.restartChild('a'), { code: 'ERR_CHILD_NOT_FOUND' });
    assert.deepEqual([supervisor.which(), supervisor.count()], [[], { specs: 0, active: 0, supervisors: 0, workers: 0 }]);
    await supervisor.startChild(stage.spec('b'));
    assert.equal((await supervisor.startChild(stage.spec('a'))).restarts, 0);
    assert.equal(states(supervisor), 'b:running a:running');
  });

  it('child_adm_simple: instances of one template, and nothing but instances', async () => {
    const stage = new Stage();
    const template = { start: (context: StartContext) => stage.start(context) };
    const supervisor = await stage.supervisor<string>({ strategy: 'simple_one_for_one', template }).start();
    assert.deepEqual(supervisor.count(), { specs: 1, active: 0, supervisors: 0, workers: 0 });
    await supervisor.startInstance('x');
    const { id } = await supervisor.startInstance('y');
    await assert.rejects(supervisor.startInstance('z', id), { code: 'ERR_CHILD_EXISTS' });
    await assert.rejects(supervisor.startChild(stage.spec('a')), { code: 'ERR_WRONG_STRATEGY' });
    await supervisor.terminateChild('1');
    assert.equal(states(supervisor), '2:running');
    await assert.rejects(supervisor.terminateChild('1'), { code: 'ERR_CHILD_NOT_FOUND' });
    await assert.rejects(supervisor.restartChild('1'), { code: 'ERR_CHILD_NOT_FOUND' });
    await assert.rejects(supervisor.deleteChild('2'), { code: 'ERR_CHILD_NOT_STOPPED' });
    const other = await stage.running({});
    await assert.rejects(other.startInstance(undefined as never), { code: 'ERR_WRONG_STRATEGY' });
  });

  it('simple_one_for_one: restarted alone, with its own argument', async () => {
    const stage = new Stage();
    const seen: string[] = [];
    const template = {
      start: (context: StartContext, name: string) => {
        seen.push(`${context.id} ${name} ${context.restarts}`);
        return stage.start(context);
      },
    };
    const restart = { intensity: 2, minTimeout: 0 };
    const supervisor = await stage.supervisor<string>({ strategy: 'simple_one_for_one', template, restart }).start();
    await supervisor.startInstance('x');
    await supervisor.startInstance('y');
    await stage.kill('2');
    await stage.kill('2');
    assert.deepEqual(seen, ['1 x 0', '2 y 0', '2 y 1', '2 y 2']);
    await stage.kill('1');
    const reason = await supervisor.exited;
    assert.ok(reason.kind === 'error');
    assert.deepEqual(chain(reason.error), ['ERR_RESTART_INTENSITY', 'Error']);
  });

  it('an added child starts in the group of its elders from then on, last', async () => {
    const stage = new Stage();
    const supervisor = await stage.running({ strategy: 'rest_for_one' }, 'a');
    await supervisor.startChild(stage.spec('b'));
    stage.takeLog();
    await stage.kill('a');
    assert.deepEqual(stage.takeLog(), ['a exits error', 'stop b', 'b exits shutdown', 'start a', 'start b']);
  });

  it('a child that fails to start on demand is not kept, and does not count as a restart', async () => {
    const stage = new Stage();
    const supervisor = await stage.running({ restart: { intensity: 0 } }, 'a');
    stage.script('b', 'fail');
    await assert.rejects(supervisor.startChild(stage.spec('b')), (error: Error) => {
      assert.deepEqual(chain(error), ['ERR_CHILD_START', 'Error']);
      return true;
    });
    await supervisor.terminateChild('a');
    stage.script('a', 'fail');
    await assert.rejects(supervisor.restartChild('a'), { code: 'ERR_CHILD_START' });
    assert.equal(states(supervisor), 'a:stopped');
    await supervisor.restartChild('a');
    assert.equal(states(supervisor), 'a:running');
  });

  it('calls about a child are answered in their order, whoever waits for them', async () => {
    for (const strategy of ['one_for_one', 'one_for_all'] as const) {
      const stage = new Stage();
      const temporary = stage.spec('t', { restart: 'temporary', manners: 30 });
      const supervisor = await stage.running({ strategy }, stage.spec('p', { manners: 30 }), temporary);
      const calls = [
        supervisor.terminateChild('t'),
        supervisor.startChild(stage.spec('t', { restart: 'temporary' })),
        supervisor.terminateChild('p'),
        assert.rejects(supervisor.startChild(stage.spec('p')), { code: 'ERR_CHILD_EXISTS', message: /which is stopped/ }),
        supervisor.deleteChild('p'),
        supervisor.startChild(stage.spec('p')),
      ];
      await stage.clock.advance(60);
      await Promise.all(calls);
      assert.deepEqual(stage.living.sort(), ['p', 't'], strategy);
    }
    const stage = new Stage();
    const supervisor = await stage.running({ strategy: 'rest_for_one' }, stage.spec('a', { manners: 30 }));
    const calls = [supervisor.terminateChild('a'), supervisor.startChild(stage.spec('b')), supervisor.terminateChild('b')];
    await stage.clock.advance(30);
    await Promise.all(calls);
    assert.equal(states(supervisor), 'a:stopped b:stopped', 'also where the child must still be added');
  });

  it('after the end every call says so, also about a child that never was', async () => {
    const supervisor = await new Stage().running({}, 'a');
    await supervisor.stop();
    const gone = { code: 'ERR_SUPERVISOR_STATE', state: 'stopped' };
    for (const id of ['a', 'unknown'])
      for (const call of ['terminateChild', 'restartChild', 'deleteChild'] as const) await assert.rejects(supervisor[call](id), gone, call);
  });

  it('calls before the start, and during it, are refused', async () => {
    const stage = new Stage();
    const supervisor = stage.supervisor({ children: [stage.spec('a')] });
    await assert.rejects(supervisor.startChild(stage.spec('b')), { code: 'ERR_SUPERVISOR_STATE', message: /to be running, got idle/ });
    stage.script('a', 'slow');
    const started = supervisor.start();
    await assert.rejects(supervisor.terminateChild('a'), { code: 'ERR_SUPERVISOR_STATE', state: 'starting' });
    await assert.rejects(supervisor.restartChild('a'), { code: 'ERR_SUPERVISOR_STATE', state: 'starting' });
    await assert.rejects(supervisor.start(), { code: 'ERR_SUPERVISOR_STATE' });
    await stage.arrive('a');
    await started;
    await supervisor.stop();
  });
});

describe('start', () => {
  it('sup_start_ignore_child: a child that has nothing to run is kept, stopped', async () => {
    const stage = new Stage();
    stage.script('a', 'ignore');
    const supervisor = await stage.running({}, 'a', 'b');
    assert.equal(states(supervisor), 'a:stopped b:running');
    assert.deepEqual(supervisor.count(), { specs: 2, active: 1, supervisors: 0, workers: 2 });
  });

  it('sup_start_ignore_temporary_child: and if it is temporary, not even kept', async () => {
    const stage = new Stage();
    stage.script('a', 'ignore');
    stage.script('c', 'ignore');
    const temporary = { restart: 'temporary' } as const;
    const supervisor = await stage.running({}, stage.spec('a', temporary), stage.spec('b', temporary));
    assert.equal((await supervisor.startChild(stage.spec('c', temporary))).state, 'stopped');
    assert.equal(states(supervisor), 'b:running');
  });

  it('sup_start_ignore_permanent_child_start_child_simple', async () => {
    const stage = new Stage();
    const template = { start: (context: StartContext, run: boolean) => (run ? stage.start(context) : ignore) };
    const supervisor = await stage.supervisor<boolean>({ strategy: 'simple_one_for_one', template }).start();
    await supervisor.startInstance(false);
    await supervisor.startInstance(true);
    assert.equal(states(supervisor), '2:running');
    assert.deepEqual(await supervisor.stop(), { kind: 'shutdown' });
  });

  it('sup_start_fail, faulty_application_shutdown: those before the failed one are stopped, and the cause comes out', async () => {
    const stage = new Stage();
    stage.script('c', 'fail');
    const below = supervisorChild({ id: 'below', children: [stage.spec('b'), stage.spec('c'), stage.spec('d')] });
    const supervisor = stage.supervisor({ children: [stage.spec('a'), below] });
    await assert.rejects(supervisor.start(), (error: Error) => {
      assert.deepEqual(chain(error), ['ERR_CHILD_START', 'ERR_CHILD_START', 'Error']);
      assert.equal(error.message, 'Child "below" failed to start: Child "c" failed to start: c cannot start');
      return true;
    });
    assert.deepEqual(stage.takeLog(), ['start a', 'start b', 'start c (fail)', 'stop b', 'b exits shutdown', 'stop a', 'a exits shutdown']);
    assert.equal((await supervisor.exited).kind, 'error');
  });

  it('extra_return: what start returns besides a running child is its own business; what is no child fails to start', async () => {
    const stage = new Stage();
    const supervisor = await stage.running({});
    const odd: [unknown, RegExp][] = [
      [undefined, /got undefined/],
      [null, /got null/],
      [{ close() {} }, /got an object with close/],
      [{}, /got an object with nothing/],
      [{ exited: true, stop() {} }, /exited: a promise/],
      [Promise.resolve(7), /got 7/],
    ];
    for (const [value, message] of odd) {
      await assert.rejects(supervisor.startChild({ id: 'x', start: () => value as never }), { code: 'ERR_CHILD_START', message });
    }
    await supervisor.startChild({ id: 'x', start: () => ({ exited: new Promise<void>(() => {}), stop() {}, extra: 1 }) });
  });

  it('a start that throws nothing at all fails to start all the same', async () => {
    const stage = new Stage();
    const supervisor = await stage.running({});
    const start = () => Promise.reject(undefined);
    await assert.rejects(supervisor.startChild({ id: 'x', start }), { code: 'ERR_CHILD_START', message: /failed to start: undefined/ });
  });
});

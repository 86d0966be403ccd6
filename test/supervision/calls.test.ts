import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ignore, type StartContext, Supervisor, supervisorChild } from '../../src/supervision/index.ts';
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

describe('autoShutdown', () => {
  const significant = { restart: 'transient', significant: true } as const;

  it('any_significant: the end of one ends the supervisor, in good order', async () => {
    const stage = new Stage();
    const supervisor = await stage.running(
      { autoShutdown: 'any_significant' },
      'a',
      stage.spec('s', significant),
      stage.spec('t', significant),
    );
    await stage.kill('s');
    assert.equal(states(supervisor), 'a:running s:running t:running', 'a crash is restarted');
    await stage.kill('s', { kind: 'normal' });
    assert.deepEqual(await supervisor.exited, { kind: 'shutdown', detail: 'significant child "s" ended' });
    assert.deepEqual(stage.living, []);
  });

  it('any_significant: a crash whose restart has nothing to run is no end', async () => {
    const stage = new Stage();
    const supervisor = await stage.running(
      { autoShutdown: 'any_significant', restart: { minTimeout: 0 } },
      'a',
      stage.spec('s', significant),
    );
    stage.script('s', 'ignore');
    await stage.kill('s');
    assert.equal(states(supervisor), 'a:running s:stopped');
    await supervisor.restartChild('s');
    await stage.kill('s', { kind: 'normal' });
    assert.equal((await supervisor.exited).kind, 'shutdown');
  });

  it('all_significant: the end of the last one does', async () => {
    const stage = new Stage();
    const temporary = { restart: 'temporary', significant: true } as const;
    const supervisor = await stage.running(
      { autoShutdown: 'all_significant' },
      'a',
      stage.spec('s', significant),
      stage.spec('t', temporary),
    );
    await stage.kill('t');
    assert.equal(states(supervisor), 'a:running s:running');
    await supervisor.terminateChild('s');
    assert.equal(states(supervisor), 'a:running s:stopped', 'to stop it by hand is no end');
    await supervisor.restartChild('s');
    await stage.kill('s', { kind: 'shutdown' });
    assert.equal((await supervisor.exited).kind, 'shutdown');
  });
});

describe('options', () => {
  const start = () => ignore;
  const bad: [string, () => unknown, RegExp][] = [
    [
      'sup_flags: strategy',
      () => new Supervisor({ strategy: 'none_for_one' as never }),
      /Bad strategy\. Expected: one of one_for_one.*Got: "none_for_one"/,
    ],
    ['sup_flags: intensity', () => new Supervisor({ restart: { intensity: Number.POSITIVE_INFINITY } }), /Bad restart\.intensity/],
    ['sup_flags: negative intensity', () => new Supervisor({ restart: { intensity: -1 } }), /at least 0\. Got: -1/],
    ['sup_flags: period', () => new Supervisor({ restart: { within: 0 } }), /Bad restart\.within/],
    ['sup_flags: fraction', () => new Supervisor({ restart: { within: 1.5 } }), /whole milliseconds.*Got: 1\.5/],
    ['sup_flags: not a number', () => new Supervisor({ restart: { minTimeout: Number.NaN } }), /Got: NaN/],
    ['sup_flags: type', () => new Supervisor({ restart: { maxTimeout: '9' as never } }), /a number of milliseconds\. Got: "9"/],
    ['sup_flags: silly flag', () => new Supervisor({ silly: true } as never), /Bad option of Supervisor.*Got: "silly"/],
    ['sup_flags: silly limit', () => new Supervisor({ restart: { period: 5 } as never }), /Got: "period"/],
    ['sup_flags: no options', () => new Supervisor('top' as never), /Expected: an object\. Got: "top"/],
    ['id', () => new Supervisor({ id: '' }), /Bad id\./],
    ['autoShutdown', () => new Supervisor({ autoShutdown: true as never }), /Bad autoShutdown/],
    ['children', () => new Supervisor({ children: {} as never }), /an array of child specs\. Got: an object/],
    ['child_specs: missing id', () => new Supervisor({ children: [{ start } as never] }), /Bad id of a child.*Got: undefined/],
    ['child_specs: missing start', () => new Supervisor({ children: [{ id: 'a' } as never] }), /Bad start\. Expected: a function/],
    ['child_specs: no spec', () => new Supervisor({ children: ['a' as never] }), /Bad child spec/],
    [
      'child_specs: restart',
      () => new Supervisor({ children: [{ id: 'a', start, restart: 'prmanent' as never }] }),
      /Bad restart.*"prmanent"/,
    ],
    ['child_specs: shutdown', () => new Supervisor({ children: [{ id: 'a', start, shutdown: -10 }] }), /at least 0 or Infinity\. Got: -10/],
    ['child_specs: type', () => new Supervisor({ children: [{ id: 'a', start, type: 'wrker' as never }] }), /Bad type/],
    [
      'child_specs: silly flag',
      () => new Supervisor({ children: [{ id: 'a', start, silly: 1 } as never] }),
      /Bad option of child "a".*"silly"/,
    ],
    ['child_specs: startTimeout', () => new Supervisor({ children: [{ id: 'a', start, startTimeout: 0 }] }), /Bad startTimeout/],
    [
      'child_specs: significant',
      () => new Supervisor({ children: [{ id: 'a', start, significant: true }] }),
      /false for a permanent child/,
    ],
    [
      'child_specs: significant for nothing',
      () => new Supervisor({ children: [{ id: 'a', start, restart: 'transient', significant: true }] }),
      /false with autoShutdown 'never'/,
    ],
    [
      'child_specs: simple wants a template',
      () => new Supervisor({ strategy: 'simple_one_for_one' }),
      /Bad template\. Expected: a child template/,
    ],
    ['child_specs: only simple wants one', () => new Supervisor({ template: { start } }), /nothing with strategy one_for_one/],
    [
      'child_specs: simple has no other children',
      () => new Supervisor({ strategy: 'simple_one_for_one', template: { start }, children: [] }),
      /Bad children/,
    ],
  ];
  for (const [name, make, message] of bad) {
    it(`${name} is refused`, () => {
      assert.throws(make, (error: Error & { code?: string }) => {
        assert.match(error.message, message);
        assert.equal(error.code, 'ERR_INVALID_OPTION');
        assert.ok(error instanceof TypeError || error instanceof RangeError);
        return true;
      });
    });
  }

  it('child_specs: two children of one id are refused, and so is a bad spec later', async () => {
    const spec = { id: 'a', start };
    assert.throws(() => new Supervisor({ children: [spec, spec] }), { code: 'ERR_CHILD_EXISTS' });
    const supervisor = await new Supervisor().start();
    await assert.rejects(supervisor.startChild({ id: 'a' } as never), { code: 'ERR_INVALID_OPTION' });
  });

  it('a listener that throws harms nothing', async () => {
    const stage = new Stage();
    const report = () => {
      throw new Error('listener');
    };
    const supervisor = await stage.running({ report }, 'a');
    await stage.kill('a');
    assert.equal(states(supervisor), 'a:running');
    await supervisor.stop();
  });
});

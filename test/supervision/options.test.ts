import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ignore, Supervisor } from '../../src/supervision/index.ts';
import { Stage, states } from './stage.ts';

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

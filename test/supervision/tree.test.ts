import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type RunningChild, renderTree, supervisorChild, type TreeNode } from '../../src/supervision/index.ts';
import { chain, crash, Stage, settled, states } from './stage.ts';

const idle: RunningChild = { exited: new Promise<void>(() => {}), stop() {} };

describe('the live tree', () => {
  it('shows supervisors, what children say of themselves, states and restarts', async () => {
    const stage = new Stage();
    const process: RunningChild = { ...idle, tree: () => ({ kind: 'cell', pid: 4711, children: [thread(1, 'ready'), thread(2, 'busy')] }) };
    const cells = supervisorChild({ id: 'cells', children: [{ id: 'cell-0', start: () => process }, stage.spec('cell-1')] });
    const top = await stage.running({ id: 'app', strategy: 'rest_for_one' }, 'db', cells);
    await stage.kill('cell-1');
    await stage.kill('cell-1');
    await top.terminateChild('db');
    assert.deepEqual(top.tree(), {
      id: 'app',
      kind: 'supervisor',
      strategy: 'rest_for_one',
      state: 'running',
      restarts: 0,
      children: [
        { id: 'db', kind: 'worker', state: 'stopped', restarts: 0 },
        {
          id: 'cells',
          kind: 'supervisor',
          strategy: 'one_for_one',
          state: 'running',
          restarts: 0,
          children: [
            { id: 'cell-0', kind: 'cell', pid: 4711, state: 'running', restarts: 0, children: [thread(1, 'ready'), thread(2, 'busy')] },
            { id: 'cell-1', kind: 'worker', state: 'restarting', restarts: 1 },
          ],
        },
      ],
    });
    assert.equal(
      renderTree(top.tree()),
      [
        'app  supervisor rest_for_one  running',
        '├─ db  worker  stopped',
        '└─ cells  supervisor one_for_one  running',
        '   ├─ cell-0  cell  running  pid 4711',
        '   │  ├─ 1  thread  ready  thread 1',
        '   │  └─ 2  thread  busy  thread 2',
        '   └─ cell-1  worker  restarting  1 restart',
      ].join('\n'),
    );
    assert.deepEqual(structuredClone(top.tree()), top.tree(), 'plain data');
  });

  it('is had at any time: before the start, during a start, while stopping, after the stop', async () => {
    const stage = new Stage();
    stage.script('b', 'slow');
    const supervisor = stage.supervisor({ children: [stage.spec('a', { manners: 10 }), stage.spec('b')] });
    const seen = () => `${supervisor.tree().state} ${supervisor.tree().children?.map(({ state }) => state)}`;
    assert.equal(seen(), 'idle stopped,stopped');
    const started = supervisor.start();
    await stage.settle();
    assert.equal(seen(), 'starting running,starting');
    await stage.arrive('b');
    await started;
    assert.equal(seen(), 'running running,running');
    const stopped = supervisor.stop();
    await stage.settle();
    assert.equal(seen(), 'stopping stopping,stopped');
    await stage.clock.advance(10);
    await stopped;
    assert.equal(seen(), 'stopped stopped,stopped');
  });

  it('lets a child name its own state while it runs, and survives one that cannot describe itself', async () => {
    const stage = new Stage();
    const supervisor = await stage.running({});
    await supervisor.startChild({ id: 'pool', start: () => ({ ...idle, tree: () => ({ kind: 'pool', state: 'degraded', id: 'mine' }) }) });
    const mute = (): never => {
      throw new Error('mute');
    };
    await supervisor.startChild({ id: 'mute', start: () => ({ ...idle, tree: mute }) });
    assert.deepEqual(supervisor.tree().children, [
      { id: 'pool', kind: 'pool', state: 'degraded', restarts: 0 },
      { id: 'mute', kind: 'worker', state: 'running, but its tree() threw: Error: mute', restarts: 0 },
    ]);
  });

  it('counts orphans', async () => {
    const stage = new Stage();
    const supervisor = await stage.running({}, stage.spec('a', { shutdown: 0, manners: 'dead' }));
    for (let i = 0; i < 2; i++) {
      const terminated = supervisor.terminateChild('a');
      await stage.clock.advance(2_000);
      await terminated;
      await supervisor.restartChild('a');
    }
    assert.match(
      renderTree(supervisor.tree()),
      /^supervisor {2}supervisor one_for_one {2}running {2}2 orphans\n└─ a {2}worker {2}running {2}2 restarts$/,
    );
  });

  it('is cut where a node has too many children', () => {
    const children = Array.from({ length: 100_000 }, (_, i) => thread(i, 'ready'));
    const text = renderTree({ id: 'many', kind: 'supervisor', state: 'running', restarts: 0, children }, { maxChildren: 2 });
    assert.equal(text, 'many  supervisor  running\n├─ 0  thread  ready  thread 0\n├─ 1  thread  ready  thread 1\n└─ and 99998 more');
  });
});

describe('a tree', () => {
  it('tree: escalation climbs level by level; a restarted supervisor has the children of its spec again', async () => {
    const stage = new Stage();
    const restart = { intensity: 1, within: 1_000, minTimeout: 0 };
    const below = supervisorChild({ id: 'below', restart, children: [stage.spec('a'), stage.spec('b')] });
    const top = await stage.running({ id: 'top', strategy: 'one_for_all', restart }, below, 'c');
    await stage.kill('a');
    assert.deepEqual(stage.takeLog(), ['a exits error', 'start a']);
    await stage.kill('a');
    const stopped = ['stop b', 'b exits shutdown', 'stop c', 'c exits shutdown'];
    assert.deepEqual(stage.takeLog(), ['a exits error', ...stopped, 'start a', 'start b', 'start c']);
    await stage.kill('a');
    await stage.kill('a', crash('the last straw'));
    const reason = await top.exited;
    assert.ok(reason.kind === 'error');
    assert.deepEqual(chain(reason.error), ['ERR_RESTART_INTENSITY', 'ERR_RESTART_INTENSITY', 'Error']);
    assert.match((reason.error as Error).message, /"top" gave up.*"below" gave up.*the last straw/);
    assert.deepEqual(stage.living, []);
  });

  it('a transient supervisor that gives up is restarted: to give up is not a normal end', async () => {
    const stage = new Stage();
    const below = supervisorChild({ id: 'below', restart: { intensity: 0 }, children: [stage.spec('a')] }, { restart: 'transient' });
    const top = await stage.running({}, below);
    await stage.kill('a');
    assert.equal(states(top), 'below:running');
    assert.deepEqual(stage.living, ['a']);
  });

  it('the number of crashes before the top gives up is the product along the path', async () => {
    const stage = new Stage();
    const limits = (intensity: number) => ({ intensity, within: 3_600_000, minTimeout: 0 });
    const low = supervisorChild({ id: 'low', restart: limits(2), children: [stage.spec('a')] });
    const mid = supervisorChild({ id: 'mid', restart: limits(3), children: [low] });
    const top = await stage.running({ restart: limits(1) }, mid);
    let deaths = 0;
    while (!(await settled(top.exited))) {
      await stage.kill('a');
      deaths++;
    }
    assert.equal(deaths, (2 + 1) * (3 + 1) * (1 + 1));
  });
});

function thread(threadId: number, state: string): TreeNode {
  return { id: String(threadId), kind: 'thread', state, restarts: 0, threadId };
}

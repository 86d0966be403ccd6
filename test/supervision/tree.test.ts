import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type RunningChild, renderTree, supervisorChild, type TreeNode } from '../../src/supervision/index.ts';
import { Stage } from './stage.ts';

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

function thread(threadId: number, state: string): TreeNode {
  return { id: String(threadId), kind: 'thread', state, restarts: 0, threadId };
}

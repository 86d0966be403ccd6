import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Attempt } from '../../../src/core/task.ts';
import { AttemptEnds } from '../../../src/dispatch/outcomes/attempt-ends.ts';
import { Deaths } from '../../../src/dispatch/outcomes/deaths.ts';
import { RecoveryBudget } from '../../../src/dispatch/queue/budget.ts';
import type { PoolThread } from '../../../src/dispatch/threads/pool-thread.ts';
import { attemptOf, exitOf, failures, services, threadHolding } from '../held.ts';

function after(thread: PoolThread, exit = exitOf(), reason: Parameters<Deaths['settle']>[2] = 'crash') {
  const parts = services();
  const failed = failures();
  const back: Attempt[] = [];
  const died: unknown[] = [];
  const deaths = new Deaths({
    services: parts,
    budget: new RecoveryBudget(0.4),
    ends: new AttemptEnds(),
    takeBack: { giveBack: (attempts) => back.push(...attempts) },
    reports: { gaveUp: () => {}, report: (_thread, _exit, why, guilty) => died.push([why, guilty?.task.id]) },
  });
  const verdict = deaths.settle(thread, exit, reason);
  return { verdict, failed, back, died, emitted: parts.emitted };
}

describe('what follows from a death', () => {
  it('one attempt is charged, the others run again: those that had begun alone', () => {
    const [ended, ran, waited] = [attemptOf(), attemptOf(), attemptOf()];
    const found = after(threadHolding({ attempts: [ended, ran, waited], claimed: 2, finished: 1 }));
    assert.deepEqual(found.failed, [[ran.task.id, 'crash', 'ERR_WORKER_CRASHED']]);
    assert.deepEqual(found.back, [ended, waited]);
    assert.deepEqual([ended.travelsAlone, waited.travelsAlone], [true, false]);
    assert.deepEqual([ended.hasBegun, ran.hasBegun, waited.hasBegun], [true, true, false]);
    assert.deepEqual([found.verdict, found.died, ran.state], ['blamed', [['crash', ran.task.id]], 'ended']);
  });

  it('a task that used up the memory fails as such; who only ran beside it does not', () => {
    const [named, beside] = [attemptOf(), attemptOf({ idempotent: false })];
    const exit = exitOf({ cause: 'oom', blame: { of: 'item', bundle: 1, index: 0 } });
    const { failed } = after(threadHolding({ attempts: [named, beside], claimed: 2, finished: 1 }), exit, 'oom');
    assert.deepEqual(failed, [
      [beside.task.id, 'crash', 'ERR_WORKER_CRASHED'],
      [named.task.id, 'oom', 'ERR_WORKER_OUT_OF_MEMORY'],
    ]);
  });

  it('what may not be started twice fails if it had begun, and waits again if not', () => {
    const [began, waits] = [attemptOf({ idempotent: false }), attemptOf({ idempotent: false })];
    const exit = exitOf({ blame: { of: 'settled', taskId: 9 } });
    const { failed, back, verdict, emitted } = after(threadHolding({ attempts: [began], claimed: 1 }, { attempts: [waits] }), exit);
    assert.deepEqual(failed, [[began.task.id, 'crash', 'ERR_WORKER_CRASHED']]);
    assert.deepEqual([back, verdict, emitted], [[waits], 'blamed', ['lateError']]);
  });

  it('memory that has moved to the thread is lost with it, begun or not', () => {
    const moved = attemptOf({ moves: true });
    const { failed, back } = after(threadHolding({ attempts: [moved] }));
    assert.deepEqual([failed, back], [[[moved.task.id, 'crash', 'ERR_WORKER_CRASHED']], []]);
  });

  it('a thread that held nothing died through no task', () => assert.equal(after(threadHolding()).verdict, 'innocent'));
});

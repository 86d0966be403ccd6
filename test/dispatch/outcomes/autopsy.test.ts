import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { autopsy } from '../../../src/dispatch/outcomes/autopsy.ts';
import { attemptOf, exitOf, threadHolding } from '../held.ts';

const three = () => [attemptOf(), attemptOf(), attemptOf()] as const;

describe('an autopsy', () => {
  it('blames the item that ran, passes over what has ended, and leaves the rest untouched', () => {
    const [ended, ran, waited] = three();
    const thread = threadHolding({ attempts: [ended, ran, waited], claimed: 2, finished: 1 });
    const found = autopsy(thread, exitOf(), 'crash');
    assert.equal(found.guilty, ran);
    assert.deepEqual([found.interrupted, found.untouched], [[ended], [waited]]);
  });

  it('blames the item that the last words name, though another was running', () => {
    const [named, ran] = three();
    const thread = threadHolding({ attempts: [named, ran], claimed: 2, finished: 1 });
    const found = autopsy(thread, exitOf({ blame: { of: 'item', bundle: 1, index: 0 } }), 'crash');
    assert.equal(found.guilty, named);
    assert.deepEqual(found.interrupted, [ran]);
  });

  it('blames no task that runs for what a settled one has left behind', () => {
    const [ran] = three();
    const thread = threadHolding({ attempts: [ran], claimed: 1 });
    const found = autopsy(thread, exitOf({ blame: { of: 'settled', taskId: 77 } }), 'crash');
    assert.deepEqual([found.guilty, found.interrupted, found.lateTask], [undefined, [ran], 77]);
  });

  it('blames the running task for code that no task started: otherwise it could be interrupted forever without using up a retry', () => {
    const [ran] = three();
    const thread = threadHolding({ attempts: [ran], claimed: 1 });
    assert.equal(autopsy(thread, exitOf({ blame: { of: 'settled', taskId: -1 } }), 'crash').guilty, ran);
  });

  it('blames nobody for an end that the pool has ordered', () => {
    const [ran, waited] = three();
    const thread = threadHolding({ attempts: [ran, waited], claimed: 1 });
    thread.stopReason = 'closed';
    const found = autopsy(thread, exitOf(), 'closed');
    assert.deepEqual([found.guilty, found.interrupted, found.untouched], [undefined, [ran], [waited]]);
  });

  it('takes an attempt that was given up for a stray, and does not give it back', () => {
    const [given, waited] = three();
    const thread = threadHolding({ attempts: [given, waited], claimed: 1 });
    given.giveUp('fenced');
    const found = autopsy(thread, exitOf(), 'crash');
    assert.deepEqual([found.guilty, found.interrupted, found.untouched, found.stray], [undefined, [], [waited], true]);
  });

  it('blames the one attempt that a thread was about to read when its memory ran out; of several one, and it does not say which', () => {
    const oom = exitOf({ cause: 'oom' });
    const [only, other] = three();
    assert.deepEqual(autopsy(threadHolding({ attempts: [only] }), oom, 'oom').guilty, only);
    const found = autopsy(threadHolding({ attempts: [only, other] }), oom, 'oom');
    assert.deepEqual([found.guilty, found.untouched, found.unread], [undefined, [only, other], true]);
    assert.equal(autopsy(threadHolding({ attempts: [only] }), exitOf(), 'crash').guilty, undefined, 'something else ended it');
    const running = autopsy(threadHolding({ attempts: [only, other], claimed: 1 }), oom, 'oom');
    assert.deepEqual([running.guilty, running.untouched, running.unread], [only, [other], false]);
  });

  it('blames the one result that was being made when nothing ran any more', () => {
    const [only] = three();
    const thread = threadHolding({ attempts: [only], claimed: 1, finished: 1 });
    assert.equal(autopsy(thread, exitOf(), 'crash').guilty, only);
  });

  it('takes nothing of an orphan for untouched unless it was taken back for certain: it may begin yet', () => {
    const [first, second] = three();
    const thread = threadHolding({ attempts: [first, second] });
    thread.become('stopping');
    thread.become('orphan');
    assert.deepEqual(autopsy(thread, exitOf(), 'orphan').interrupted, [first, second]);
    thread.bundles[0]!.state = 'revoked';
    thread.bundles[0]!.size = 0;
    assert.deepEqual(autopsy(thread, exitOf(), 'orphan').interrupted, []);
  });

  it('blames the one attempt that could not be read, not the one that waited meanwhile; that one when it happens again', () => {
    const unread = exitOf({ cause: 'exit', blame: { of: 'mail' } });
    const [waits, only, other] = three();
    const one = autopsy(threadHolding({ attempts: [waits], claimed: 1 }, { attempts: [only] }), unread, 'exit');
    assert.deepEqual([one.guilty, one.interrupted, one.untouched, one.unread], [only, [waits], [], true]);
    for (const held of [[{ attempts: [only, other] }], [{ attempts: [only] }, { attempts: [other] }]]) {
      const found = autopsy(threadHolding(...held.map(({ attempts }) => ({ attempts: attempts.map(() => attemptOf()) }))), unread, 'exit');
      assert.deepEqual([found.guilty, found.untouched.length, found.unread], [undefined, 2, true]);
    }
    waits.lose();
    const again = autopsy(threadHolding({ attempts: [waits], claimed: 1 }, { attempts: [other] }), unread, 'exit');
    assert.equal(again.guilty, waits, 'or a thread that says so could run it forever');
  });

  it('blames the attempt under which a second node is lost, and none that had only been interrupted before', () => {
    const lost = exitOf({ cause: 'node', blame: { of: 'settled', taskId: -1 } });
    const [held] = three();
    held.begin(); // On a thread that would not end, say.
    assert.deepEqual(autopsy(threadHolding({ attempts: [held], claimed: 1 }), lost, 'node').interrupted, [held]);
    held.lose();
    assert.equal(autopsy(threadHolding({ attempts: [held], claimed: 1 }), lost, 'node').guilty, held);
  });

  it('blames no attempt for what was taken back and lay in the mail beside it', () => {
    const [only] = three();
    const thread = threadHolding({ attempts: [only] });
    thread.nextBundle = 3;
    const found = autopsy(thread, exitOf({ cause: 'exit', blame: { of: 'mail' } }), 'exit');
    assert.deepEqual([found.guilty, found.untouched], [undefined, [only]]);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualClock } from '../../../src/faults/virtual-clock.ts';
import { Log } from '../../../src/server/log/log.ts';
import type { Member } from '../../../src/server/members/member.ts';
import { Restarts } from '../../../src/server/members/restarts.ts';
import { Snapshots } from '../../../src/server/process/snapshots.ts';
import { KIND } from '../../../src/server/wire.ts';

function memberOf(state: Member['state']): Member & { asked: Map<number, never> } {
  return { state, asides: [], asked: new Map(), feed: () => {} } as never;
}

/** A log whose messages are committed as they come, of a state of that size. */
function logOf(stateBytes: number) {
  const log = new Log();
  log.snapshot = { seq: 1, bytes: new ArrayBuffer(stateBytes), at: 0 };
  const add = (bytes: number): void => {
    log.append({ kind: KIND.call, name: 'add', content: 'x'.repeat(bytes), size: bytes, pending: undefined, chain: [] }, 0).state =
      'committed';
    log.committed++;
  };
  return { log, add };
}

function snapshotsOf(log: Log, standby: number, members: { voter: Member; standbys: Member[] }, everyBytes = 1e6): Snapshots {
  return new Snapshots({
    log,
    every: 10,
    everyBytes,
    quorum: 1,
    standby,
    voters: () => [members.voter],
    standbys: () => members.standbys,
    convict: () => {},
    installed: () => {},
    failed: () => {},
  });
}

describe('callers do not wait for what can wait', () => {
  it('a copy of the state is left to the standby that is on its way', () => {
    const { log, add } = logOf(8);
    const [voter, coming] = [memberOf('live'), memberOf('starting')];
    const members = { voter, standbys: [coming] };
    const snapshots = snapshotsOf(log, 1, members);
    for (let i = 0; i < 1_000; i++) {
      add(8);
      snapshots.consider();
    }
    assert.equal(voter.asides.length, 0, 'the thread that answers was asked');
    (coming as { state: Member['state'] }).state = 'live';
    snapshots.consider();
    assert.deepEqual([voter.asides.length, coming.asides.length], [0, 1]);
  });

  it('but not forever: at twice its bytes the log is cut short by the thread that answers', () => {
    const { log, add } = logOf(8);
    const voter = memberOf('live');
    const snapshots = snapshotsOf(log, 1, { voter, standbys: [] }, 10_000);
    let messages = 0;
    for (; voter.asides.length === 0; messages++) {
      add(1_000);
      snapshots.consider();
    }
    assert.ok(log.taken >= 20_000 && log.taken < 22_000, `${log.taken} bytes after ${messages} messages`);
  });

  it('a state is copied every so many messages, but no sooner than the log is worth it', () => {
    for (const [stateBytes, expected] of [
      [8, 10],
      [80_000, 93],
    ] as const) {
      const { log, add } = logOf(stateBytes);
      const voter = memberOf('live');
      const snapshots = snapshotsOf(log, 0, { voter, standbys: [] });
      let messages = 0;
      for (; voter.asides.length === 0; messages++) {
        add(44); // 108 bytes each, with what belongs to it.
        snapshots.consider();
      }
      assert.equal(messages, expected, `with a state of ${stateBytes} bytes`);
    }
  });

  it('the next standby is started when those who waited are answered', async () => {
    const { log, add } = logOf(8);
    const clock = new VirtualClock();
    let started = 0;
    const restarts = new Restarts(clock, log, () => started++);
    log.append({ kind: KIND.call, name: 'waits', content: 1, size: 8, pending: undefined, chain: [] }, 0);
    const member = memberOf('live');
    restarts.afterTakeOver(member, 0);
    restarts.look();
    await clock.advance(20);
    assert.equal(started, 0, 'a caller waits');
    log.committed++;
    member.asked.set(-2, undefined as never);
    restarts.look();
    await clock.advance(20);
    assert.equal(started, 0, 'who asked a question waits');
    member.asked.clear();
    restarts.look();
    assert.equal(started, 0, 'the answer is given first');
    await clock.advance(20);
    assert.equal(started, 1);
    add(8);
    restarts.look();
    await clock.advance(1_000);
    assert.equal(started, 1, 'once');
  });

  it('and soon in any case', async () => {
    const { log } = logOf(8);
    const clock = new VirtualClock();
    let started = 0;
    const restarts = new Restarts(clock, log, () => started++);
    log.append({ kind: KIND.call, name: 'takes long', content: 1, size: 8, pending: undefined, chain: [] }, 0);
    restarts.afterTakeOver(memberOf('live'), 0);
    await clock.advance(300);
    assert.equal(started, 1);
    log.committed++;
    restarts.look();
    restarts.afterTakeOver(memberOf('live'), 0);
    restarts.close();
    await clock.advance(1_000);
    assert.equal(started, 1, 'not twice, and not after the end');
  });
});

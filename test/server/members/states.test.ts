import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualClock } from '../../../src/faults/virtual-clock.ts';
import type { ThreadEnd } from '../../../src/server/host/server-thread.ts';
import { Log } from '../../../src/server/log/log.ts';
import { MEMBER_SUCCESSORS, Member, type MemberState } from '../../../src/server/members/member.ts';
import { FROM, type FromThread } from '../../../src/server/wire.ts';

const states = Object.keys(MEMBER_SUCCESSORS) as MemberState[];

/** A thread of a server, and what brings it into each state. */
function memberAlone() {
  const clock = new VirtualClock();
  let exit: (end: ThreadEnd) => void = () => {};
  let say: (message: FromThread) => void = () => {};
  let terminated = 0;
  let left = 0;
  const member = new Member({
    log: new Log(),
    start: (_init, events) => {
      exit = events.exited;
      say = events.message;
      return { terminate: () => terminated++, post: () => {}, control: { current: { phase: 0, seq: 0, startedAt: 0 } } } as never;
    },
    init: { replica: 0 } as never,
    role: 'voter',
    cursor: 1,
    clock,
    terminateTimeout: 1_000,
    mustWait: () => false,
    events: { message: () => {}, died: () => {}, left: () => left++ },
  });
  const to: Readonly<Record<MemberState, () => void>> = {
    starting: () => {},
    live: () => member.opened(),
    ending: () => member.end('stopped'),
    dead: () => exit({ cause: 'exit', exitCode: 0, error: undefined } as ThreadEnd),
  };
  return { member, to, clock, say: (message: FromThread) => say(message), seen: () => ({ terminated, left }) };
}

function ways(): Map<MemberState, readonly MemberState[]> {
  const found = new Map<MemberState, readonly MemberState[]>([['starting', []]]);
  for (const [state, way] of found) for (const next of MEMBER_SUCCESSORS[state]) if (!found.has(next)) found.set(next, [...way, next]);
  return found;
}

describe('a thread of a server', () => {
  it('can reach every state', () => assert.deepEqual([...ways().keys()].sort(), [...states].sort()));

  for (const from of states) {
    for (const next of states.filter((state) => state !== 'starting' && state !== from)) {
      const possible = MEMBER_SUCCESSORS[from].includes(next);
      it(`${possible ? 'goes' : 'does not go'} from ${from} to ${next}`, () => {
        const { member, to } = memberAlone();
        for (const step of ways().get(from)!) to[step]();
        assert.equal(member.state, from);
        // What comes too late for it is nothing: it is ended once. To open one that has ended would be a bug of the server.
        if (next === 'live' && !possible) assert.throws(to.live, new RegExp(`cannot go from ${from} to live`));
        else to[next]();
        assert.equal(member.state, possible ? next : from);
      });
    }
  }

  // To take its memory apart keeps a core busy, and whoever takes over needs one.
  it('that exits is ended a little later, and is an orphan if that does not help', async () => {
    const { member, to, clock, say, seen } = memberAlone();
    to.live();
    say([FROM.exiting, 1, undefined, undefined] as unknown as FromThread);
    assert.deepEqual([member.state, seen().terminated], ['dead', 0], 'it was ended while somebody else was to take over');
    await clock.advance(4);
    assert.equal(seen().terminated, 1);
    assert.equal(seen().left, 0);
    await clock.advance(1_000);
    assert.equal(seen().left, 1);
  });

  it('that exits and is gone by then is not ended', async () => {
    const { to, clock, say, seen } = memberAlone();
    to.live();
    say([FROM.exiting, 1, undefined, undefined] as unknown as FromThread);
    to.dead();
    await clock.advance(2_000);
    assert.deepEqual(seen(), { terminated: 0, left: 1 });
  });

  it('that says twice that it is ready stays as it is', () => {
    const { member, to } = memberAlone();
    to.live();
    to.live();
    assert.equal(member.state, 'live');
  });
});

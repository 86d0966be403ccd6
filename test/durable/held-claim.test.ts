import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HeldClaim, LOCK } from '../../src/durable/held-claim.ts';
import { VirtualClock } from '../../src/faults/virtual-clock.ts';

/** A claim, and what Redis answers when it is asked for its lock: one after another, the last one from then on. */
function claimed(...answers: readonly (boolean | string)[]): { claim: HeldClaim; clock: VirtualClock; lost: string[] } {
  const [clock, left, lost] = [new VirtualClock(), [...answers], [] as string[]];
  const renew = async (): Promise<boolean> => {
    const answer = left.length > 1 ? left.shift()! : left[0]!;
    if (typeof answer === 'string') throw Object.assign(new Error(answer), { name: 'ReplyError' });
    return answer;
  };
  const claim = new HeldClaim({ job: 'job', epoch: 1, taken: -100, clock, renew, onLost: () => lost.push('lost') });
  return { claim, clock, lost };
}

const FULL = "OOM command not allowed when used memory > 'maxmemory'.";

describe('a manager asks Redis whether the job is still its own', () => {
  for (const refusal of [FULL, "READONLY You can't write against a read only replica.", 'MISCONF Redis cannot write'])
    it(`and waits where that takes no writes: ${refusal.split(' ')[0]}`, async () => {
      const { claim, clock, lost } = claimed(refusal, refusal, true);
      let state = 'waits';
      const checked = claim.check().then(() => (state = 'goes on'));
      await clock.advance(100);
      assert.equal(state, 'waits');
      await clock.advance(1_000);
      await checked;
      assert.deepEqual(lost, []);
      claim.end();
    });

  it('and writes nothing if another one has it by then', async () => {
    const { claim, clock, lost } = claimed(FULL, FULL, FULL, false);
    const checked = assert.rejects(claim.check(), { code: 'ERR_BATCH_LOCKED' });
    await clock.advance(LOCK);
    await checked;
    assert.deepEqual(lost, ['lost']);
  });

  it('and gives up where waiting does not help', async () => {
    const { claim } = claimed("NOPERM this user has no permissions to run the 'evalsha' command");
    await assert.rejects(claim.check(), /NOPERM/);
    claim.end();
  });

  it('and knows since when it has not been told', async () => {
    const { claim, clock } = claimed(true, FULL);
    await claim.check();
    assert.equal(claim.silence, 0);
    await clock.advance(2 * LOCK);
    assert.equal(claim.silence, 2 * LOCK);
    claim.end();
  });
});

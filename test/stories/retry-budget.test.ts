import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { PASSES_BY_AGE } from '../../src/dispatch/queue/turns.ts';
import { settle } from '../../src/faults/virtual-clock.ts';
import { Script } from '../simulation/world/scripted.ts';
import { lendTime } from './borrowed-time.ts';

interface Load {
  readonly script: Script;
  /** What ran, in order: first attempts as `fresh`, later ones as `retry`. */
  readonly ran: ('fresh' | 'retry')[];
}

/**
 * A thread that never runs out of fresh tasks, of which every other one throws and is to be tried again. Each attempt takes ten
 * milliseconds; each second attempt succeeds.
 */
async function load(t: TestContext, retryBudget: number, attempts: number): Promise<Load> {
  const script = new Script(t, { threads: 1, retryBudget, retry: { retries: 1, minTimeout: 0, on: ['error'] } });
  lendTime(t, script);
  const thread = script.thread(1);
  await thread.ready();
  const ran: Load['ran'] = [];
  let next = 0;
  const feed = (): void => {
    script.watch(script.pool.run(next++));
  };
  for (let i = 0; i < 20; i++) feed();
  const seen = new Set<unknown>();
  while (ran.length < attempts) {
    await script.clock.advance(0);
    const item = thread.begin();
    if (item === undefined) assert.fail(`Expected the thread to have something to do after ${ran.length} attempts.`);
    const again = seen.has(item.input);
    seen.add(item.input);
    ran.push(again ? 'retry' : 'fresh');
    await script.clock.advance(10);
    if (again || (item.input as number) % 2 === 0) thread.finish(item.input);
    else thread.fail(new RangeError('on purpose'));
    await thread.report();
    feed();
  }
  return { script, ran };
}

/** Ends the load: no fresh task comes any more. */
async function runOut({ script }: Load): Promise<void> {
  for (let idle = 0; idle < 3; idle++) {
    if ((await script.thread(1).work()).length > 0) idle = 0;
    await script.clock.advance(1);
  }
}

const share = (ran: readonly string[]): number => ran.filter((one) => one === 'retry').length / ran.length;

describe('the retry budget', () => {
  it('of 0 lets a retry go before a fresh task only when it is due; when none waits they all run', async (t) => {
    const under = await load(t, 0, 200);
    const turns = under.ran.flatMap((one, i) => (one === 'retry' ? i : []));
    assert.ok(turns.length > 0, 'nobody waits forever');
    turns.forEach((turn, i) => {
      assert.ok(turn - (turns[i - 1] ?? 0) >= PASSES_BY_AGE, `retries ran at ${turns}`);
    });
    assert.ok(under.script.pool.stats().retries > 90, 'they wait');
    assert.equal(under.script.pool.stats().retryBudget, 0);
    await runOut(under);
    const { open, fulfilled, accepted } = under.script.pool.stats();
    assert.deepEqual([open, fulfilled], [0, accepted]);
  });

  it('of a tenth gives retries a tenth of the time while fresh tasks wait', async (t) => {
    const { ran } = await load(t, 0.1, 400);
    assert.ok(Math.abs(share(ran.slice(50)) - 0.1) < 0.02, `${share(ran.slice(50))} of the attempts were retries`);
  });

  it('of 1 lets every retry go first', async (t) => {
    const { ran } = await load(t, 1, 200);
    // Half of the fresh tasks are tried twice: a third of all attempts.
    assert.ok(Math.abs(share(ran) - 1 / 3) < 0.03, `${share(ran)} of the attempts were retries`);
  });

  it('does not hold back a retry while nothing else waits', async (t) => {
    const script = new Script(t, { threads: 1, retryBudget: 0, retry: { retries: 1, minTimeout: 0, on: ['error'] } });
    lendTime(t, script);
    await script.thread(1).ready();
    const run = script.watch(script.pool.run('once more'));
    await settle();
    script.thread(1).begin();
    script.thread(1).fail(new RangeError('on purpose'));
    await script.thread(1).report();
    await script.clock.advance(0);
    await script.thread(1).work();
    assert.equal(run.outcome, 'once more');
  });
});

import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { TimeoutError } from '../../../src/core/errors.ts';
import type { AttemptRecord, FailureKind } from '../../../src/core/failure.ts';
import type { Task } from '../../../src/core/task.ts';
import { explain } from '../explain.ts';
import type { Deed } from '../world/faults.ts';
import { homeOf } from '../world/home.ts';
import { World } from '../world/world.ts';
import { wrongRejection } from './judge.ts';
import type { Rules } from './rules.ts';
import { type Fate, Start, TaskTruth } from './truth.ts';

interface Told {
  readonly hedge?: boolean;
  /** What became of each attempt, the first one's first. */
  readonly starts: readonly { readonly replica: number; readonly deed: Deed; readonly fate: Fate; readonly unheard?: boolean }[];
  /** What the pool says of failed ones, in its order. */
  readonly history: readonly { readonly attempt: number; readonly replica: number; readonly kind: FailureKind }[];
}

/** What is said to be wrong with a task that was rejected by its total time-out. */
function judged({ hedge = true, starts, history }: Told): string | undefined {
  const world = new World({ seed: 1 });
  const rules: Rules = {
    retries: 3,
    repeatable: true,
    vote: undefined,
    hedge: hedge ? { after: 1, budget: 1 } : undefined,
    limits: { run: 1000, queue: Number.POSITIVE_INFINITY, total: 50 },
  };
  const truth = new TaskTruth({ uid: 1, options: undefined, rules, submittedAt: 0, key: 'k', uncloneable: false, lostBefore: 0 });
  truth.starts = starts.map(({ replica, deed, fate, unheard = false }, i) => {
    const on = { threadId: i + 1, terminated: false, alive: fate !== 'killer', home: homeOf('pool', world.climate) };
    const start = new Start(truth, i + 1, replica, on, 1, deed);
    start.fate = fate;
    start.arrived = fate === 'returned';
    start.postedAt = start.arrived ? 2 : -1;
    start.unheard = unheard;
    return start;
  });
  truth.task = { history: history.map((record) => ({ ...record, threadId: record.attempt }) as AttemptRecord) } as unknown as Task;
  world.timeline.skipTo(50);
  return wrongRejection(truth, new TimeoutError('total', 50), 'timeout', world, false);
}

const spins = { replica: 0, deed: 'spin', fate: 'running' } as const;
const uncloneable = { deed: 'uncloneableResult', fate: 'returned' } as const;

describe('a total time-out', () => {
  it('is right if all that came was the result of a copy that cannot be cloned: it harms nobody, and the original ran on', () => {
    // It was taken for a result that had come in time.
    const history = [{ attempt: 2, replica: 1, kind: 'clone' }] as const;
    assert.equal(judged({ starts: [spins, { replica: 1, ...uncloneable }], history }), undefined);
  });

  it('is right if the result came from a thread that had been given up before it sent it', () => {
    // The program stood still, and found the result when it went on.
    const late = { replica: 0, deed: 'return', fate: 'returned', unheard: true } as const;
    assert.equal(judged({ hedge: false, starts: [late], history: [] }), undefined);
  });

  it('is wrong if a result had come: that of a copy too', () => {
    assert.match(judged({ starts: [spins, { replica: 1, deed: 'return', fate: 'returned' }], history: [] }) ?? '', /had arrived at 2$/);
  });

  it('is wrong if a result had come that cannot be cloned, of the only attempt, or of a copy that had taken the place of its original', () => {
    const alone = judged({ hedge: false, starts: [{ replica: 0, ...uncloneable }], history: [{ attempt: 1, replica: 0, kind: 'clone' }] });
    assert.match(alone ?? '', /had arrived at 2$/);
    const history = [
      { attempt: 1, replica: 0, kind: 'crash' },
      { attempt: 2, replica: 1, kind: 'clone' },
    ] as const;
    const left = judged({
      starts: [
        { replica: 0, deed: 'crash', fate: 'killer' },
        { replica: 1, ...uncloneable },
      ],
      history,
    });
    assert.match(left ?? '', /had arrived at 2$/);
  });

  it('is wrong if the pool has not heard of the result that cannot be cloned', () => {
    assert.match(judged({ starts: [spins, { replica: 1, ...uncloneable }], history: [] }) ?? '', /had arrived at 2$/);
  });
});

test('a crash is charged to who did not do it only where the last word of the thread never arrived', () => {
  const world = new World({ seed: 1 });
  const rules: Rules = {
    retries: 3,
    repeatable: true,
    vote: undefined,
    hedge: undefined,
    limits: { run: 1000, queue: Number.POSITIVE_INFINITY, total: 50 },
  };
  const charged = (silent: boolean): string | undefined => {
    const truth = new TaskTruth({ uid: 1, options: undefined, rules, submittedAt: 0, key: 'k', uncloneable: false, lostBefore: 0 });
    const on = { threadId: 1, terminated: false, alive: false, home: homeOf('pool', world.climate), line: { silent } };
    const start = new Start(truth, 1, 0, on, 1, 'return');
    start.fate = 'victim';
    truth.starts = [start];
    return explain(truth, { attempt: 1, replica: 0, kind: 'crash', threadId: 1 } as AttemptRecord, world);
  };
  assert.equal(charged(true), undefined);
  assert.equal(charged(false), 'its fate was: victim');
});

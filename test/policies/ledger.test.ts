import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Moment } from '../../src/core/counting/moment.ts';
import { attemptsOf } from '../../src/core/errors.ts';
import type { FailureKind } from '../../src/core/failure.ts';
import { Task } from '../../src/core/task.ts';
import { VirtualClock } from '../../src/faults/virtual-clock.ts';
import { Ledger } from '../../src/policies/ledger.ts';
import { attemptOf } from '../dispatch/held.ts';

class Heard extends Task {
  readonly heard: unknown[] = [];
  fulfilled(value: unknown): void {
    this.heard.push(['fulfilled', value]);
  }
  rejected(error: unknown): void {
    this.heard.push(['rejected', error]);
  }
}

function stage(count: number) {
  const witnessed: [number, FailureKind | undefined, number][] = [];
  const ledger: Ledger = new Ledger(new Moment(new VirtualClock()), (task, kind) => witnessed.push([task.id, kind, ledger.open]));
  const { spec } = attemptOf().task;
  const tasks = Array.from({ length: count }, (_, i) => new Heard(i + 1, spec, 'input', 0, undefined));
  for (const task of tasks) ledger.accept(task);
  return { ledger, tasks, witnessed, spec };
}

describe('the ledger', () => {
  it('settles a task once: the first cause wins, and later ones are told so', () => {
    const { ledger, tasks, witnessed } = stage(1);
    const [task] = tasks as [Heard];
    assert.equal(ledger.fulfil(task, 'result'), true);
    assert.equal(ledger.fulfil(task, 'another'), false);
    assert.equal(ledger.reject(task, { kind: 'timeout', error: new Error('late') }), false);
    assert.deepEqual([task.heard, witnessed], [[['fulfilled', 'result']], [[1, undefined, 0]]]);
    assert.deepEqual([ledger.open, ledger.fulfilled, ledger.rejected], [0, 1, 0]);
  });

  it('undoes what was set up for the task, lets go of its input, and keeps the history for the error', () => {
    const { ledger, tasks, spec } = stage(1);
    const [task] = tasks as [Heard];
    let released = 0;
    const history = [{ attempt: 1 }] as never;
    task.extras = { release: () => released++, history, course: {} };
    const error = new Error('it failed');
    ledger.reject(task, { kind: 'error', error });
    assert.deepEqual([released, task.input, task.extras], [1, undefined, { history }]);
    assert.deepEqual(attemptsOf(error), history);
    assert.equal(spec.tally.rejected.values.get('error'), 1);
  });

  it('lists open tasks oldest first, also while they settle', () => {
    const { ledger, tasks } = stage(4);
    ledger.fulfil(tasks[1]!, 0);
    const seen: number[] = [];
    for (const task of ledger) {
      seen.push(task.id);
      ledger.fulfil(tasks[2]!, 0);
    }
    assert.deepEqual([seen, ledger.open], [[1, 4], 2]);
  });
});

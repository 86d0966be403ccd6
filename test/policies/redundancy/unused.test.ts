import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CourseHost } from '../../../src/policies/course-host.ts';
import { Courses } from '../../../src/policies/courses.ts';
import { majorityOf } from '../../../src/policies/redundancy/rules.ts';
import { FakeDesk } from './desk.ts';

const NONE = { redundancy: false, hedge: false } as const;
const TASKS = 1_000;

/** Counts everything that is asked of a host, by name. */
function counting(host: FakeDesk): { host: CourseHost; asked: Map<string, number> } {
  const asked = new Map<string, number>();
  const handler: ProxyHandler<FakeDesk> = {
    get(target, name) {
      asked.set(String(name), (asked.get(String(name)) ?? 0) + 1);
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  };
  return { host: new Proxy(host, handler), asked };
}

test('a task without copies asks the pool to be sent and to be settled, and nothing else; it carries nothing, and no timer is set', () => {
  const floor = new FakeDesk();
  const { host, asked } = counting(floor);
  const courses = new Courses(host);
  const plain = courses.of(NONE);
  for (let i = 0; i < TASKS; i++) {
    assert.equal(courses.of(NONE), plain, 'one course for all of them');
    const task = floor.task(plain);
    plain.begin(task);
    const attempt = floor.submitted.at(-1)!;
    floor.returns(attempt, i);
    assert.deepEqual([task.state, task.extras, attempt.placement, task.begun], ['settled', undefined, undefined, 1]);
  }
  assert.deepEqual(Object.fromEntries(asked), { submit: TASKS, fulfil: TASKS });
  assert.equal((floor.clock as typeof floor.clock & { pending: number }).pending, 0);
});

test('that is so beside tasks with copies too', () => {
  const floor = new FakeDesk();
  const { host, asked } = counting(floor);
  const courses = new Courses(host);
  const plain = courses.of(NONE);
  for (const other of [
    courses.of({ redundancy: false, hedge: { after: 5, budget: 1 } }),
    courses.of({ redundancy: majorityOf(3), hedge: false }),
  ]) {
    other.begin(floor.task(other));
  }
  assert.ok(asked.has('clock'), 'the lookout has set its timer');
  asked.clear();
  const task = floor.task(plain);
  plain.begin(task);
  floor.returns(floor.submitted.at(-1)!, 1);
  assert.deepEqual(Object.fromEntries(asked), { submit: 1, fulfil: 1 });
});

import type { RetryRules, Task } from '../../src/core/task.ts';
import { QuorumCourse } from '../../src/policies/redundancy/course.ts';
import { majorityOf, type RedundancyRules } from '../../src/policies/redundancy/rules.ts';
import { FakeDesk } from './desk.ts';

/** A task with these rules has begun: its copies are submitted, and the test plays their threads. */
export function begin(rules: Partial<RedundancyRules> = {}, retry: Partial<RetryRules> = {}): { desk: FakeDesk; task: Task } {
  const desk = new FakeDesk();
  const course = new QuorumCourse(desk, { ...majorityOf(rules.replicas ?? 3), ...rules });
  const task = desk.task(course, retry);
  course.begin(task);
  return { desk, task };
}

import type { RetryRules, Task } from '../../../src/core/task.ts';
import { QuorumCourse } from '../../../src/policies/redundancy/quorum-course.ts';
import { majorityOf, type RedundancyRules } from '../../../src/policies/redundancy/rules.ts';
import { FakeDesk } from './desk.ts';

/** A task with these rules has begun: its copies are submitted, and the test plays their threads. */
export function begin(rules: Partial<RedundancyRules> = {}, retry: Partial<RetryRules> = {}): { host: FakeDesk; task: Task } {
  const host = new FakeDesk();
  const course = new QuorumCourse(host, { ...majorityOf(rules.replicas ?? 3), ...rules });
  const task = host.task(course, retry);
  course.begin(task);
  return { host, task };
}

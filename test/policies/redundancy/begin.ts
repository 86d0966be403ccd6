import type { RetryRules, Task } from '../../../src/core/task.ts';
import { QuorumCourse } from '../../../src/policies/redundancy/quorum-course.ts';
import { Reserve } from '../../../src/policies/redundancy/reserve.ts';
import { majorityOf, type RedundancyRules } from '../../../src/policies/redundancy/rules.ts';
import { FakeDesk } from './desk.ts';

/** A task with these rules has begun: its copies are submitted, and the test plays their threads. */
export function begin(
  rules: Partial<RedundancyRules> = {},
  retry: Partial<RetryRules> = {},
  host: FakeDesk = new FakeDesk(),
): { host: FakeDesk; task: Task } {
  const course = new QuorumCourse(host, { ...majorityOf(rules.replicas ?? 3), ...rules }, new Reserve(host));
  const task = host.task(course, retry);
  course.begin(task);
  return { host, task };
}

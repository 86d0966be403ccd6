import type { Attempt } from '../../core/task.ts';

/** Its outcome is there, but has not been heard: only some tasks may be run again for it. */
export function mayRunTwice({ task }: Attempt): boolean {
  return task.spec.idempotent && task.extras?.transferList === undefined;
}

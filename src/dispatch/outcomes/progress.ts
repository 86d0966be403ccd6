import { guarded } from '../../core/events.ts';
import { inContext } from '../../core/foreign/context.ts';
import type { TaskExtras } from '../../core/task.ts';

/** A task has passed a value to `context().progress`. */
export function progressed(extras: TaskExtras | undefined, value: unknown): void {
  const onProgress = extras?.onProgress;
  if (onProgress !== undefined) guarded(() => inContext(extras?.context, () => onProgress(value)));
}

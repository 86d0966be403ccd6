import type { ThreadExitReason } from '../../core/events.ts';
import type { Attempt } from '../../core/task.ts';
import type { LostWork, WatchedAttempt, Work, WorkOutcome } from '../../core/watch.ts';
import type { ItemNote } from '../../core/wire/wire.ts';
import type { Bundle, PoolThread } from '../threads/pool-thread.ts';

export function watched({ task, number, replica }: Attempt): WatchedAttempt {
  return { taskId: task.id, name: task.spec.name, attempt: number, replica };
}

/** What a report tells those who watch; to be made before its outcomes are taken. */
export function toldWork(thread: PoolThread, bundle: Bundle, from: number, times: readonly number[], notes?: readonly ItemNote[]): Work {
  const first = bundle.attempts[from]!;
  const { task, number } = first;
  // Spelled out: objects that are spread into a literal cost a hundred times as much, and this is made for every report.
  return {
    taskId: task.id,
    name: task.spec.name,
    attempt: number,
    replica: first.replica,
    slot: thread.slot,
    generation: thread.generation,
    times,
    odd: oddOnes(thread, bundle, from, times.length - 1, notes),
    waited: number === 1 ? Math.max(0, times[0]! - task.acceptedAt) : undefined,
    further: undefined,
  };
}

/** Whether a report joins what is gathered of its thread: so most do in a flood, and nothing is made for them. */
export function joins(thread: PoolThread, bundle: Bundle, from: number, times: readonly number[], notes?: readonly ItemNote[]): boolean {
  const { gathered } = thread;
  if (gathered === undefined || notes !== undefined || thread.fence !== undefined) return false;
  return (times.length > 2 || bundle.attempts[from]!.state === 'sent') && gathered.takes(times);
}

const NONE: readonly (readonly [number, WorkOutcome])[] = [];

function oddOnes(thread: PoolThread, bundle: Bundle, from: number, count: number, notes?: readonly ItemNote[]): Work['odd'] {
  // Long bundles are those of short tasks, and copies in them that are not needed look like any other.
  const looks = thread.fence !== undefined || count === 1;
  if (notes === undefined && !looks) return NONE;
  const odd = new Map<number, WorkOutcome>();
  for (const [index, kind] of notes ?? []) if (kind !== 'sealed') odd.set(index, kind === 'error' ? 'error' : 'clone');
  for (let i = 0; looks && i < count; i++) {
    const attempt = bundle.attempts[from + i]!;
    if (attempt.state === 'fenced') odd.set(i, 'givenUp');
    else if (attempt.state === 'surplus') odd.set(i, 'surplus');
  }
  return odd.size === 0 ? NONE : [...odd].sort(([a], [b]) => a - b);
}

/** The attempt that a thread was at when it died; to be made while its bundles still lie there. */
export function lostWork(thread: PoolThread, now: number, reason: ThreadExitReason): LostWork | undefined {
  const current = thread.current();
  if (current === undefined) return undefined;
  const { slot, generation } = thread;
  return { ...watched(current.attempt), slot, generation, startedAt: thread.handle.itemStartedAt, endedAt: now, reason };
}

import type { AttemptRecord } from '../../src/core/failure.ts';
import type { Start, TaskTruth } from './checks/truth.ts';
import type { World } from './world/world.ts';

/**
 * Compares what a task's history says of an attempt with what really happened to it: no task may pay for what a neighbour
 * did. Returns what is wrong, or `undefined`.
 */
export function explain(truth: TaskTruth, record: AttemptRecord, world: World): string | undefined {
  const starts = truth.starts.filter((start) => start.attempt === record.attempt && start.replica === record.replica);
  const start = starts.at(-1);
  if (record.kind === 'clone') return truth.uncloneable || truth.unread ? undefined : cloneFault(start, world);
  // Memory that has moved to a thread is lost with it.
  if (start === undefined && truth.options?.transferList !== undefined && record.kind === 'crash') return undefined;
  // Where a thread of another process is given up, it cannot be known whether it will begin what was on its way.
  if (start === undefined && world.hasProcesses && !truth.rules.repeatable && record.kind === 'crash') return undefined;
  // Where the cells cannot be had, what has to run in one fails, whether it was to begin or had begun.
  if (record.kind === 'startup' && world.climate.pool.isolation === 'escalate' && truth.task!.history!.some(({ kind }) => kind === 'crash'))
    return undefined;
  if (start === undefined) return 'it has not been started';
  if (start.thread !== record.threadId) return `it ran on thread ${start.thread}, not ${record.threadId}`;
  switch (record.kind) {
    case 'error':
      return start.fate === 'threw' ? undefined : `its fate was: ${start.fate}`;
    case 'timeout':
      return world.timeline.now() - start.at >= truth.limits.run ? undefined : 'it has not run that long';
    case 'oom':
    case 'crash':
      return deathFault(start, record.kind, truth);
    default:
      return 'no attempt can fail by that';
  }
}

function cloneFault(start: Start | undefined, world: World): string | undefined {
  if (start === undefined) return 'its input can be cloned';
  if (start.deed === 'uncloneableResult' || start.deed === 'uncloneableError') return undefined;
  if (!start.mangled || world.climate.rates.unreadable === 0) return 'its outcome can be cloned';
  return start.lostWith > 1 && start.task.rules.repeatable ? `${start.lostWith - 1} others were lost with it` : undefined;
}

function deathFault(start: Start, kind: 'oom' | 'crash', truth: TaskTruth): string | undefined {
  // What may be started only once may have to pay for what others have left behind.
  if (kind === 'oom' && start.fate === 'crowdedOut' && !truth.rules.repeatable) return undefined;
  if (kind === 'oom' ? start.fate === 'oom' : start.fate === 'killer' || start.fate === 'struck') return undefined;
  // A thread that dies while its only result is on the way may have died of making it.
  if ((start.fate === 'returned' || start.fate === 'threw') && (start.mangled || (kind === 'oom' && start.postedAt < 0))) return undefined;
  // Whose leftover ended the thread was its last word, and that never arrived.
  if (kind === 'crash' && start.fate === 'victim' && start.on.line?.silent === true) return undefined;
  // What may be started only once fails with its thread, whatever ended it.
  if (!truth.rules.repeatable && kind === 'crash' && (start.fate === 'victim' || start.mangled || (start.on.terminated && !start.arrived)))
    return undefined;
  return `its fate was: ${start.fate}`;
}

import { fit } from '../../diagnostics/fit.ts';
import { sketch } from '../../diagnostics/inspect.ts';
import { describeThrown } from '../../diagnostics/thrown.ts';
import { type AttemptRecord, attemptsOf, type CrashReport, type PoolEvents, type RejectedTask } from '../../index.ts';
import type { ShownAttempt, ShownConflict, ShownDeath, ShownFailure } from '../frames.ts';

/** Bytes, as JSON, of what a task may have made as long as it liked. */
const NAME = 120;
const LINE = 400;
const STACK = 2_500;
const VALUE = 400;
const ATTEMPTS = 12;
const BALLOTS = 16;
const EVENTS = 20;

function textOf(error: unknown): string {
  const { name, message } = describeThrown(error);
  return fit(message === '' ? name : `${name}: ${message}`, LINE);
}

function codeOf(error: unknown): string {
  try {
    const code: unknown = (error as { code?: unknown } | null | undefined)?.code;
    return typeof code === 'string' ? fit(code, NAME) : '';
  } catch {
    return '';
  }
}

function shownAttempt({ attempt, replica, slot, kind, ms, error }: AttemptRecord): ShownAttempt {
  return { attempt, replica, slot, kind, ms: Math.round(ms * 100) / 100, error: textOf(error) };
}

/** A failed task as texts: nothing of the task is kept alive by it. */
export function shownFailure(id: number, time: number, { taskId, name, kind, error }: RejectedTask): ShownFailure {
  const attempts = attemptsOf(error).slice(-ATTEMPTS).map(shownAttempt);
  const stack = fit(describeThrown(error).stack, STACK);
  return { id, time, taskId, name: fit(name, NAME), kind, error: textOf(error), code: codeOf(error), stack, attempts };
}

/** @param reveal whether the input may be shown */
export function shownDeath(id: number, report: CrashReport, reveal: boolean): ShownDeath {
  const { task, error, thread } = report;
  return {
    id,
    time: report.time,
    slot: report.slot,
    generation: report.generation,
    threadId: report.threadId,
    reason: report.reason,
    exitCode: report.exitCode ?? null,
    signal: report.signal ?? '',
    task:
      task === undefined ? null : { id: task.id, name: task.name, attempt: task.attempt, input: reveal ? fit(task.input, STACK) : null },
    error: error === undefined ? '' : fit(`${error.name}: ${error.message}`, LINE),
    stack: error === undefined ? '' : fit(error.stack, STACK),
    age: Math.round(thread.age),
    heapUsed: thread.heapUsed ?? null,
    finishedTasks: thread.finishedTasks,
    events: report.events.slice(-EVENTS),
  };
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Equal results get equal letters: who disagreed can be seen without what was said. */
export function shownConflict(id: number, time: number, event: PoolEvents['conflict'], reveal: boolean): ShownConflict {
  const answers = new Map<string, string>();
  const ballots = event.ballots.slice(0, BALLOTS).map(({ value, slot, threadId, replica }) => {
    const text = sketch(value, VALUE);
    const answer = answers.get(text) ?? LETTERS[answers.size] ?? '?';
    answers.set(text, answer);
    return { slot, threadId, replica, answer, value: reveal ? fit(text, VALUE) : null };
  });
  const lost = losers(ballots, event.verdict);
  return {
    id,
    time,
    taskId: event.taskId,
    name: fit(event.name, NAME),
    verdict: event.verdict,
    ballots: ballots.map((ballot, i) => ({ ...ballot, lost: lost(i) })),
  };
}

/** Which ballots others have outvoted. Of two with a quorum, the first is the winner's and the second came late. */
function losers(ballots: readonly { readonly answer: string }[], verdict: ShownConflict['verdict']): (index: number) => boolean {
  if (verdict === 'extra') return () => false;
  const votes = new Map<string, number>();
  for (const { answer } of ballots) votes.set(answer, (votes.get(answer) ?? 0) + 1);
  const most = Math.max(0, ...votes.values());
  if (verdict === 'quorum' && most === 1) return (index) => index > 0;
  return (index) => votes.get(ballots[index]!.answer)! < most || (verdict === 'none' && most === 1);
}

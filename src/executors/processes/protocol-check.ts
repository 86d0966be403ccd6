import { isEncoded } from '../../core/wire/revive.ts';
import { isReport } from '../../core/wire/wire-check.ts';
import type { CellWord, FromCell, PassedOn } from './protocol.ts';

type Fields = Readonly<Record<string, unknown>>;
const isWhole = Number.isInteger;
const isRecord = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const CAUSES: ReadonlySet<unknown> = new Set(['crash', 'exit', 'oom', 'startup', 'reclaimed']);

function isBlame(blame: unknown): boolean {
  if (!isRecord(blame)) return false;
  if (blame.of === 'item') return isWhole(blame.bundle) && isWhole(blame.index);
  return blame.of === 'running' || blame.of === 'mail' || (blame.of === 'settled' && isWhole(blame.taskId));
}

function isExit(exit: unknown): boolean {
  if (!isRecord(exit) || !CAUSES.has(exit.cause) || !isBlame(exit.blame)) return false;
  if (exit.exitCode !== undefined && typeof exit.exitCode !== 'number') return false;
  return (exit.signal === undefined || typeof exit.signal === 'string') && (exit.error === undefined || isEncoded(exit.error));
}

/** What each message must have beside the number of its thread. */
const SHAPES: Readonly<Record<FromCell['tell'], (message: Fields) => boolean>> = {
  started: ({ threadId }) => isWhole(threadId),
  ready: () => true,
  done: ({ bundle, from, times, notes }) => isReport(bundle, from, times, notes),
  progress: ({ bundle, index }) => isWhole(bundle) && isWhole(index),
  lateError: ({ taskId, attempt, error }) => isWhole(taskId) && isWhole(attempt) && isEncoded(error),
  accounted: ({ bundle, upTo }) => isWhole(bundle) && isWhole(upTo),
  unreadable: () => true,
  garbage: () => true,
  tearsDown: () => true,
  tornDown: ({ error }) => error === undefined || isEncoded(error),
  message: () => true,
  revoked: ({ bundle, claimed }) => isWhole(bundle) && isWhole(claimed),
  memory: ({ bytes }) => typeof bytes === 'number' && bytes >= 0 && bytes < Number.POSITIVE_INFINITY,
  exited: ({ exit }) => isExit(exit),
};

/**
 * Whether something that came in a frame is a message of a cell. A task can find the pipe of its cell and write frames into it, and what stands in
 * them must not be able to throw in the main process.
 */
export function isFromCell(message: unknown): message is FromCell {
  if (!isRecord(message) || !isWhole(message.thread) || typeof message.tell !== 'string') return false;
  return Object.hasOwn(SHAPES, message.tell) && SHAPES[message.tell as FromCell['tell']](message);
}

const isPassedOn = (message: unknown): message is PassedOn => isRecord(message) && message.tell === 'passed' && isWhole(message.thread);

/** The same for the whole of what a cell says. What travels beside a message that is passed on is looked at by its receiver. */
export function isCellWord(message: unknown): message is CellWord {
  return isPassedOn(message) || isFromCell(message);
}

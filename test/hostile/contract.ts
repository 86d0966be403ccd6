import { types } from 'node:util';
import { FROM_THREAD } from '../../src/core/wire/wire.ts';

/**
 * What a message must be before anything may be done with it, said a second time, from the description of the protocol and not from the code that
 * checks it. A protection that is gone shows as a message that passes there and not here, whatever another protection behind it would still do.
 */
export type Fields = Readonly<Record<string, unknown>>;
const whole = (value: unknown): boolean => typeof value === 'number' && Number.isInteger(value);
export const text = (value: unknown): boolean => typeof value === 'string';
export const list = (value: unknown): value is readonly unknown[] => Array.isArray(value);
export const own = (value: Fields, key: string): unknown => Object.getOwnPropertyDescriptor(value, key)?.value as unknown;
export const plain = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);

function isErrorRecord(value: unknown): boolean {
  if (!plain(value)) return false;
  return own(value, '$') === 'value' || (own(value, '$') === 'error' && text(own(value, 'message')) && plain(own(value, 'fields')));
}

function isTimes(times: unknown): boolean {
  return (
    list(times) &&
    Array.from(times).every((time, i, all) => Number.isFinite(time) && (i === 0 || (time as number) >= (all[i - 1] as number)))
  );
}

function isNotes(notes: unknown): boolean {
  const kinds: unknown[] = ['error', 'load', 'clone-result', 'clone-error'];
  const isNote = (note: unknown): boolean =>
    list(note) && whole(note[0]) && (note[1] === 'sealed' ? text(note[2]) : kinds.includes(note[1]) && isErrorRecord(note[2]));
  return notes === undefined || (list(notes) && notes.every(isNote));
}

/** Whether a thread may say this. */
export function mayBeFromThread(message: unknown): boolean {
  if (!list(message)) return false;
  const [tag, a, b, c, d, e] = message;
  if (tag === FROM_THREAD.ready || tag === FROM_THREAD.tearsDown || tag === FROM_THREAD.unread) return true;
  if (tag === FROM_THREAD.tornDown) return a === undefined || isErrorRecord(a);
  if (tag === FROM_THREAD.startupFailed) return isErrorRecord(a);
  if (tag === FROM_THREAD.progress) return whole(a) && whole(b);
  if (tag === FROM_THREAD.account) return whole(a) && whole(b) && whole(c);
  if (tag === FROM_THREAD.lateError || tag === FROM_THREAD.crashing) return whole(a) && whole(b) && isErrorRecord(c);
  if (tag === FROM_THREAD.exiting) return message.length === 5 && [a, b, c, d].every(whole);
  return tag === FROM_THREAD.done && whole(a) && whole(b) && (list(c) || types.isUint8Array(c)) && isTimes(d) && isNotes(e);
}

function isExit(exit: unknown): boolean {
  if (!plain(exit) || !['crash', 'exit', 'oom', 'startup', 'reclaimed'].includes(exit.cause as string) || !plain(exit.blame)) return false;
  const { blame, exitCode, signal, error } = exit as { blame: Fields } & Fields;
  const blames = { item: whole(blame.bundle) && whole(blame.index), settled: whole(blame.taskId), running: true, mail: true };
  if (!text(blame.of) || own(blames, blame.of as string) !== true) return false;
  return (
    (exitCode === undefined || typeof exitCode === 'number') &&
    (signal === undefined || text(signal)) &&
    (error === undefined || isErrorRecord(error))
  );
}

/** Whether a cell may say this of one of its threads. */
export function mayBeFromCell(message: unknown): boolean {
  if (!plain(message) || !whole(message.thread)) return false;
  const { bundle, from, times, notes, index, taskId, attempt, bytes, error, upTo, claimed, threadId, exit } = message;
  const shapes: Fields = {
    started: whole(threadId),
    ready: true,
    done: whole(bundle) && whole(from) && isTimes(times) && isNotes(notes),
    progress: whole(bundle) && whole(index),
    lateError: whole(taskId) && whole(attempt) && isErrorRecord(error),
    accounted: whole(bundle) && whole(upTo),
    unreadable: true,
    garbage: true,
    tearsDown: true,
    tornDown: error === undefined || isErrorRecord(error),
    message: true,
    revoked: whole(bundle) && whole(claimed),
    memory: Number.isFinite(bytes) && (bytes as number) >= 0,
    exited: isExit(exit),
  };
  return text(message.tell) && own(shapes, message.tell as string) === true;
}

/** Why an executor may not tell its pool this; `undefined` if it may. */
export function wrongEvent(name: string, args: readonly unknown[]): string | undefined {
  const [a, b, c, d, e] = args;
  const right: Fields = {
    done: whole(a) && whole(b) && (list(c) || types.isUint8Array(c)) && isTimes(d) && isNotes(e),
    progress: whole(a) && whole(b),
    lateError: whole(a) && whole(b),
    accounted: whole(a) && whole(b),
  };
  return own(right, name) === false ? `The event ${name} came with what is not allowed there.` : undefined;
}

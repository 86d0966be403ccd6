import { messageOf } from '../../core/foreign/message.ts';
import { ServerError } from '../errors.ts';

const codeOf = (cause: unknown): unknown => (cause as { code?: unknown } | null)?.code;

/** Somebody else may write it now: whatever this program would write, it could destroy. */
export const isTaken = (cause: unknown): boolean => codeOf(cause) === 'ERR_BATCH_LOCKED';

function whyOf(cause: unknown): string {
  const code = codeOf(cause);
  if (code === 'ENOSPC' || code === 'EDQUOT') return `no space is left on the device (${String(code)})`;
  return messageOf(cause).replace(/\.$/, '');
}

/**
 * The journal cannot be written any more, and the server ends.
 * @param isWhole whether all that was answered is in it
 */
export function writeFailure(path: string, cause: unknown, isWhole: boolean): ServerError {
  if (isTaken(cause)) {
    const text = 'or its lock was removed or replaced, so that another program may write it now. Nothing more is written and answered.';
    return new ServerError('ERR_SERVER_JOURNAL_WRITE', `journal ${path} ${text} Let one server write it, and start that again.`, { cause });
  }
  const kept = isWhole
    ? 'What was answered is in it, and what was under way may be; nothing more is answered.'
    : 'What was answered last may be missing in it; nothing more is answered.';
  return new ServerError(
    'ERR_SERVER_JOURNAL_WRITE',
    `journal ${path} cannot be written: ${whyOf(cause)}. ${kept} Mend that, and start the server again.`,
    { cause },
  );
}

/** The log cannot be cut short on the disk; the file goes on growing. */
export function renewFailure(path: string, cause: unknown): ServerError {
  const text = `journal ${path} cannot be begun anew: ${whyOf(cause)}. The one that is there is whole, and goes on growing.`;
  return new ServerError('ERR_SERVER_JOURNAL_WRITE', text, { cause });
}

/** It was not even begun. */
export function openFailure(path: string, cause: unknown): ServerError {
  if (cause instanceof ServerError) return cause;
  const why = whyOf(cause);
  if (isTaken(cause)) {
    const text = `journal ${path}: another server writes it: ${why}. Stop that one first.`;
    return new ServerError('ERR_SERVER_JOURNAL_LOCKED', text, { cause });
  }
  return new ServerError('ERR_SERVER_JOURNAL_WRITE', `journal ${path} cannot be opened: ${why}. Name a file that can be written.`, {
    cause,
  });
}

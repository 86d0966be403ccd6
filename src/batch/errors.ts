import { dirname } from 'node:path';
import { HoldfastError } from '../core/errors.ts';
import { messageOf } from '../core/foreign/message.ts';

/** Every code a `BatchError` can carry; docs/batch.md says what each one means and what to do. */
export type BatchErrorCode =
  | 'ERR_BATCH_OPTION'
  | 'ERR_BATCH_INPUT'
  | 'ERR_BATCH_INPUT_CHANGED'
  | 'ERR_BATCH_OUTPUT'
  | 'ERR_BATCH_OUTPUT_EXISTS'
  | 'ERR_BATCH_OUTPUT_CLOSED'
  | 'ERR_BATCH_DISK_FULL'
  | 'ERR_BATCH_LOCKED'
  | 'ERR_BATCH_OTHER_JOB'
  | 'ERR_BATCH_JOURNAL_DAMAGED'
  | 'ERR_BATCH_HALTED'
  | 'ERR_BATCH_TASK'
  | 'ERR_BATCH_POOL';

/**
 * The job as a whole could not begin, or had to stop. A task that fails is never one of these: it becomes a dead letter.
 *
 * - `before`: nothing was run and no file was changed; the call, a path or a file is wrong.
 * - `during`: the job stopped half way. What it wrote stands, and `resume` runs the rest.
 */
export class BatchError extends HoldfastError {
  declare readonly code: BatchErrorCode;
  /** `before`: nothing was run and no file was changed. `during`: what was written stands, and `resume` runs the rest. */
  readonly phase: 'before' | 'during';

  constructor(code: BatchErrorCode, message: string, options: { phase?: 'before' | 'during'; cause?: unknown } = {}) {
    super(code, message, options.cause === undefined ? undefined : { cause: options.cause });
    this.phase = options.phase ?? 'before';
  }

  static {
    BatchError.prototype.name = 'BatchError';
  }
}

/** The system's own code of a failed call (`ENOENT`, `ENOSPC`, …), or undefined. */
export function systemCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** What an error says, to be put before a full stop. */
export function saidBy(cause: unknown): string {
  return messageOf(cause).replace(/\.$/, '');
}

/** The path of the failed call is that of a lock or another file beside the one that the user has named. */
function whyNot(cause: unknown): string {
  const { path } = cause as { path?: unknown };
  if (typeof path === 'string') {
    if (systemCode(cause) === 'ENOENT') return `there is no folder ${dirname(path)}`;
    if (systemCode(cause) === 'EACCES') return `permission denied in ${dirname(path)}`;
  }
  return messageOf(cause);
}

/** Says in plain words why `path` could not be written, by the system's code. */
export function writeError(path: string, cause: unknown, phase: 'before' | 'during' = 'during'): BatchError {
  const name = path === '-' ? 'Standard output' : path;
  const again = phase === 'before' ? 'try again' : 'resume';
  if (cause instanceof BatchError) return cause;
  switch (systemCode(cause)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new BatchError('ERR_BATCH_DISK_FULL', `${name}: no space is left on the device. Free some, then ${again}.`, { phase, cause });
    case 'EPIPE':
    case 'ERR_STREAM_DESTROYED':
      return new BatchError('ERR_BATCH_OUTPUT_CLOSED', `${name} was closed by its reader before the job was done.`, { phase, cause });
    default: {
      return new BatchError('ERR_BATCH_OUTPUT', `${name} cannot be written: ${whyNot(cause)}. Mend that, then ${again}.`, { phase, cause });
    }
  }
}

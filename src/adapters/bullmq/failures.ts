import { inspect } from 'node:util';
import { messageOf } from '../../core/foreign/message.ts';
import { HoldfastError } from '../../index.ts';

/** Failed for a reason that no further attempt can mend; BullMQ does not try such a job again. Its `code` is that of its `cause`. */
export class UnrecoverableJobError extends HoldfastError {
  static {
    // BullMQ knows its own error by this name as well, whichever copy of it is asked.
    this.prototype.name = 'UnrecoverableError';
  }
}

/** Codes of errors that come again however often the job is tried. */
const HOPELESS: ReadonlySet<string> = new Set(['ERR_TASK_QUARANTINED', 'ERR_TASK_NOT_CLONEABLE']);

/**
 * Errors of these names tell BullMQ that the processor has moved the job itself. A task cannot do that: taken at its word, the job
 * would be left as active, with no worker at work on it.
 */
const MOVED: ReadonlySet<string> = new Set(['DelayedError', 'WaitingError', 'WaitingChildrenError']);

const nameOf = (error: unknown): string => {
  const name = (error as { name?: unknown } | null)?.name;
  return typeof name === 'string' ? name : 'Error';
};

const codeOf = (error: unknown): string | undefined => {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
};

/** Tells BullMQ that the job has been moved. */
export function moved(to: 'WaitingError' | 'DelayedError', why: unknown): Error {
  const error = new Error(messageOf(why), { cause: why });
  error.name = to;
  return error;
}

/** What a failed task is for BullMQ: always an error with a text, because `null` and its like would leave the job where it is. */
export function failureOf(thrown: unknown): unknown {
  if (thrown instanceof HoldfastError && HOPELESS.has(thrown.code)) {
    return new UnrecoverableJobError(thrown.code, thrown.message, { cause: thrown });
  }
  if (typeof thrown !== 'object' || thrown === null || typeof (thrown as { message?: unknown }).message !== 'string') {
    return new Error(`The task threw ${inspect(thrown, { depth: 1 }).slice(0, 500)}, which is no error.`, { cause: thrown });
  }
  if (MOVED.has(nameOf(thrown))) {
    return new Error(`The task threw a ${nameOf(thrown)}, but only what holds the job can move it: ${messageOf(thrown)}`, {
      cause: thrown,
    });
  }
  return thrown;
}

/** The same for one item of a job. */
export function itemFailure(thrown: unknown, index: number, items: number): unknown {
  const failure = failureOf(thrown) as Error;
  const text = `Item ${index} of ${items}: ${failure.message}`;
  if (failure instanceof UnrecoverableJobError) return new UnrecoverableJobError(failure.code, text, { cause: thrown });
  const error = new Error(text, { cause: thrown });
  error.name = nameOf(failure);
  const code = codeOf(failure);
  return code === undefined ? error : Object.assign(error, { code });
}

/** What JSON keeps of an error. */
export function plainReason(thrown: unknown): { name: string; message: string; code?: string } {
  const code = codeOf(thrown);
  return { name: nameOf(thrown), message: messageOf(thrown), ...(code === undefined ? {} : { code }) };
}

/** BullMQ keeps results as JSON. @throws {UnrecoverableJobError} if that cannot be: it would fail in every attempt */
export function checkResult<T>(result: T): T {
  if (typeof result !== 'bigint' && typeof result !== 'object') return result;
  try {
    JSON.stringify(result);
    return result;
  } catch (error) {
    throw new UnrecoverableJobError(
      'ERR_TASK_NOT_CLONEABLE',
      `The task's result cannot be kept as JSON, as BullMQ does: ${messageOf(error)}. Return strings, finite numbers, booleans, null, arrays and plain objects.`,
      { cause: error },
    );
  }
}

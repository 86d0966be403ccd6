import { HoldfastError } from './errors.ts';
import { messageOf } from './foreign/message.ts';

/** The task module that a call of `run` named did not load. The task was never started; `cause` is what the module threw. */
export class TaskModuleError extends HoldfastError {
  /** `file:` URL of the module; undefined if it is the pool's own. */
  readonly module: string | undefined;

  /** @param limit `startupTimeout` in milliseconds, if the module was not loaded within that */
  constructor(module: string | undefined, cause: unknown, limit?: number) {
    const why =
      limit === undefined ? `: ${messageOf(cause)}` : ` within startupTimeout (${limit} ms). Raise it, or make the module load faster.`;
    super('ERR_TASK_MODULE', `The task module ${module ?? 'of the pool'} was not loaded${why}`, { cause });
    this.module = module;
  }

  static {
    this.prototype.name = 'TaskModuleError';
  }
}

/** The `teardown` of a task module has failed, told by the event `teardownFailed`. The thread was ended all the same. */
export class TeardownError extends HoldfastError {
  /** It threw (then `cause` is what), ended its thread, or was not done within `terminateTimeout`. */
  readonly how: 'threw' | 'exited' | 'hung';

  /** @param limit `terminateTimeout` in milliseconds */
  constructor(how: 'threw' | 'exited' | 'hung', limit: number, cause?: unknown) {
    super('ERR_TEARDOWN', messageFor(how, limit, cause), cause === undefined ? undefined : { cause });
    this.how = how;
  }

  static {
    this.prototype.name = 'TeardownError';
  }
}

function messageFor(how: TeardownError['how'], limit: number, cause: unknown): string {
  const expected = `Expected the teardown of the task module to end within terminateTimeout (${limit} ms).`;
  if (how === 'threw') return `${expected} It threw: ${messageOf(cause)}`;
  if (how === 'exited') return `${expected} The thread ended before. Does it call process.exit()?`;
  return `${expected} It did not, and the thread was ended. Raise the limit, or make the teardown shorter.`;
}

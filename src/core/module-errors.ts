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

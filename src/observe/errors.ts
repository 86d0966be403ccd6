import { HoldfastError } from '../core/errors.ts';

/** The observer cannot listen at the address that it was given. */
export class ObserverError extends HoldfastError {
  constructor(message: string, cause?: unknown) {
    super('ERR_OBSERVER_LISTEN', message, cause === undefined ? undefined : { cause });
  }

  static {
    this.prototype.name = 'ObserverError';
  }
}

import { HoldfastError } from '../errors.ts';

/**
 * - `ERR_BROKER_LOST`: it cannot be reached, or does not answer
 * - `ERR_BROKER_REFUSED`: it does not let this program in
 * - `ERR_BROKER_UNFIT`: it is of a kind, a version or a configuration that nodes cannot rely on
 */
export type BrokerCode = 'ERR_BROKER_LOST' | 'ERR_BROKER_REFUSED' | 'ERR_BROKER_UNFIT';

/** Something is wrong with the broker that stands between a pool and its nodes. The `cause` of an `ERR_POOL_FAILED`, or of a node that ends. */
export class BrokerError extends HoldfastError {
  /** To wait does not mend it. */
  readonly lasting: boolean;

  constructor(code: BrokerCode, message: string, options: { lasting: boolean; cause?: unknown }) {
    super(code, message, options.cause === undefined ? undefined : { cause: options.cause });
    this.lasting = options.lasting;
  }

  static {
    this.prototype.name = 'BrokerError';
  }
}

/** Whether to wait will not help. */
export const isLasting = (error: unknown): error is BrokerError => error instanceof BrokerError && error.lasting;

import { HoldfastError } from '../core/errors.ts';
import { messageOf } from '../core/foreign/message.ts';

/** A child could not be started; `cause` is what its `start` threw. */
export class ChildStartError extends HoldfastError {
  /** The id of the child. */
  readonly child: string;

  constructor(child: string, cause: unknown) {
    super('ERR_CHILD_START', `Child ${JSON.stringify(child)} failed to start: ${messageOf(cause)}`, { cause });
    this.child = child;
  }

  static {
    ChildStartError.prototype.name = 'ChildStartError';
  }
}

/** `start` of a child did not settle within `startTimeout`. What it brings later is stopped at once. */
export class ChildStartTimeoutError extends HoldfastError {
  /** Milliseconds of the limit. */
  readonly milliseconds: number;

  constructor(milliseconds: number) {
    super(
      'ERR_CHILD_START_TIMEOUT',
      `start did not settle within ${milliseconds} ms. Raise startTimeout, or make start heed context.signal.`,
    );
    this.milliseconds = milliseconds;
  }

  static {
    ChildStartTimeoutError.prototype.name = 'ChildStartTimeoutError';
  }
}

/** `start` was broken off because the child, or its supervisor, was stopped meanwhile. */
export class ChildStartCancelledError extends HoldfastError {
  constructor(child: string) {
    super('ERR_CHILD_START_CANCELLED', `Child ${JSON.stringify(child)} was stopped before it had started.`);
  }

  static {
    ChildStartCancelledError.prototype.name = 'ChildStartCancelledError';
  }
}

/** Stands in a `cause` chain for a child that died without an error of its own. */
export class ChildExitError extends HoldfastError {
  constructor(child: string, how: string) {
    super('ERR_CHILD_EXITED', `Child ${JSON.stringify(child)} exited: ${how}.`);
  }

  static {
    ChildExitError.prototype.name = 'ChildExitError';
  }
}

/**
 * A supervisor has given up: more restarts than its intensity allows. `cause` is why the last child died, so that
 * through all levels the chain ends at the first error.
 */
export class RestartIntensityError extends HoldfastError {
  /** The id of the supervisor that gave up. */
  readonly supervisor: string;
  /** The id of the child whose restart was one too many. */
  readonly child: string;

  constructor(supervisor: string, child: string, limits: { intensity: number; within: number }, cause: unknown) {
    super(
      'ERR_RESTART_INTENSITY',
      `Supervisor ${JSON.stringify(supervisor)} gave up: more than ${limits.intensity} restarts within ${limits.within} ms. ` +
        `The last to die was ${JSON.stringify(child)}: ${messageOf(cause)}`,
      { cause },
    );
    this.supervisor = supervisor;
    this.child = child;
  }

  static {
    RestartIntensityError.prototype.name = 'RestartIntensityError';
  }
}

/** A child of that id exists already. */
export class ChildExistsError extends HoldfastError {
  constructor(child: string, state: string) {
    const what = state === 'stopped' ? 'Restart it with restartChild, or delete it first.' : 'Choose another id.';
    super('ERR_CHILD_EXISTS', `Expected a new child id, got ${JSON.stringify(child)}, which is ${state}. ${what}`);
  }

  static {
    ChildExistsError.prototype.name = 'ChildExistsError';
  }
}

/** No child of that id. */
export class ChildNotFoundError extends HoldfastError {
  constructor(child: string) {
    super('ERR_CHILD_NOT_FOUND', `Expected the id of a child, got ${JSON.stringify(child)}. See which() for those there are.`);
  }

  static {
    ChildNotFoundError.prototype.name = 'ChildNotFoundError';
  }
}

/** `restartChild` and `deleteChild` want a child that is stopped. */
export class ChildNotStoppedError extends HoldfastError {
  /** The state it was found in. */
  readonly state: string;

  constructor(child: string, state: string) {
    super('ERR_CHILD_NOT_STOPPED', `Expected child ${JSON.stringify(child)} to be stopped, got ${state}. Call terminateChild first.`);
    this.state = state;
  }

  static {
    ChildNotStoppedError.prototype.name = 'ChildNotStoppedError';
  }
}

/** The supervisor is not in the state that the call needs: not started yet, started already, stopping, or stopped. */
export class SupervisorStateError extends HoldfastError {
  /** The state it was found in. */
  readonly state: string;

  constructor(supervisor: string, expected: string, got: string) {
    super('ERR_SUPERVISOR_STATE', `Expected supervisor ${JSON.stringify(supervisor)} to be ${expected}, got ${got}.`);
    this.state = got;
  }

  static {
    SupervisorStateError.prototype.name = 'SupervisorStateError';
  }
}

/** A call that the supervisor's strategy does not have. */
export class WrongStrategyError extends HoldfastError {
  constructor(call: string, expected: string, got: string) {
    super('ERR_WRONG_STRATEGY', `Expected a ${expected} supervisor for ${call}, got ${got}.`);
  }

  static {
    WrongStrategyError.prototype.name = 'WrongStrategyError';
  }
}

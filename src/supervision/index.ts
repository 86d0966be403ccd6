/**
 * Supervision as Erlang/OTP does it: children that are started in order, restarted when they die, and stopped in reverse.
 *
 * @module holdfast/supervision
 */

export { HoldfastError, InvalidOptionError, OptionRangeError } from '../core/errors.ts';
export { Backoff, type BackoffLimits } from '../core/restart/backoff.ts';
export { type IntensityLimits, RestartIntensity } from '../core/restart/intensity.ts';
export { type Closable, closableChild, type Pair, type PairContext, pairChild, supervisorChild } from './adapters.ts';
export type { ChildStateName } from './child/child.ts';
export type { ChildCount } from './child-list.ts';
export {
  ChildExistsError,
  ChildExitError,
  ChildNotFoundError,
  ChildNotStoppedError,
  ChildStartCancelledError,
  ChildStartError,
  ChildStartTimeoutError,
  RestartIntensityError,
  SupervisorStateError,
  WrongStrategyError,
} from './errors.ts';
export { type Decision, decide, type ExitReason, type RestartType } from './exit.ts';
export type { SupervisorEvent, SupervisorListener, SupervisorReport } from './report.ts';
export type { ChildInfo } from './snapshot.ts';
export {
  type ChildSettings,
  type ChildSpec,
  type ChildTemplate,
  type Ignored,
  ignore,
  type RestartLimits,
  type RunningChild,
  type StartContext,
  type Started,
  type Strategy,
  type SupervisorOptions,
} from './spec.ts';
export { Supervisor } from './supervisor.ts';
export { renderTree, type TreeNode } from './tree.ts';

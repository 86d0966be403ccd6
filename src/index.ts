export { BrokerError } from './core/broker/broker-error.ts';
export type { NodeDownReason } from './core/broker/node-down.ts';
export {
  AbortError,
  attemptsOf,
  type Ballot,
  HoldfastError,
  InvalidOptionError,
  NoQuorumError,
  NotCloneableError,
  NotInstalledError,
  OptionRangeError,
  PoolClosedError,
  PoolFailedError,
  QuarantinedError,
  QueueFullError,
  StartupError,
  TimeoutError,
  type TimeoutPhase,
  WorkerCrashError,
} from './core/errors.ts';
export type { CrashReport, PoolEventName, PoolEvents, ThreadExitReason } from './core/events.ts';
export type { AttemptRecord, FailureKind } from './core/failure.ts';
export { UnsupportedRuntimeError } from './core/installation.ts';
export { TaskModuleError, TeardownError } from './core/module-errors.ts';
export type { RetryContext } from './core/task.ts';
export type { FurtherWork, LostWork, PoolWatcher, RejectedTask, WatchedAttempt, Work, WorkOutcome } from './core/watch.ts';
export { move } from './core/wire/moving.ts';
export type { PoolMetrics } from './metrics/metrics.ts';
export type {
  CalledExport,
  HedgeOptions,
  MetricsOptions,
  MetricsRegister,
  NodesOptions,
  PoolOptions,
  RedundancyOptions,
  RetryOptions,
  RunOptions,
  TimeoutOptions,
} from './options/types.ts';
export type { CloseReport } from './pool/lifecycle.ts';
export type { NodeStats, NodesStats } from './pool/nodes.ts';
export { Pool } from './pool/pool.ts';
export type { Health, PoolStats, TimeSummary } from './pool/view/stats.ts';
export type { PoolWatch, ThreadNow } from './pool/view/watch.ts';
export type { MapOptions } from './stream/map-options.ts';
export type { Settled, SettledIterator } from './stream/settled.ts';
export { renderTree, type TreeNode } from './supervision/tree.ts';

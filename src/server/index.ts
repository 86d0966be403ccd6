/**
 * Servers whose state survives their threads.
 *
 * @module holdfast/server
 */

export { type ServerMetrics, type ServerMetricsOptions, serverMetrics } from '../metrics/server-metrics.ts';
export { serverChild } from './child.ts';
export type { CallOptions } from './define/call-options.ts';
export { context, type From, reply, type ServerContext, type TimerRef } from './define/context.ts';
export { type Fail, fail, type IgnoreStart, ignore, type NoReply, noReply } from './define/marks.ts';
export { defineServer, type ServerDefinition, type ServerHandlers } from './define/server-definition.ts';
export { type ServerCode, ServerError } from './errors.ts';
export type { ServerEventName, ServerEvents } from './events.ts';
export type { DownMessage, ExitMessage, Unlink } from './links.ts';
export { defineMachine } from './machine/define-machine.ts';
export type {
  InternalEvent,
  MachineDefinition,
  MachineHandlers,
  MachineSituation,
  MachineState,
  NamedTimer,
  Next,
  Transition,
} from './machine/machine-definition.ts';
export { type Drawable, toMermaid } from './machine/to-mermaid.ts';
export type { PartitionedServerOptions, ServerOptions, ServerRestart } from './options.ts';
export type { PartitionKey, PartitionOptions } from './partition-options.ts';
export { PartitionedServer } from './partitions/partitioned-server.ts';
export type { RecentMessage } from './process/recent.ts';
export { Server, type StopOptions } from './server.ts';
export { startServer } from './start.ts';
export type { ServerStatus, ServerThreadStatus } from './status.ts';

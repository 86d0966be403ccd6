/**
 * Machines of XState 5 as servers.
 *
 * @module holdfast/xstate
 */

export { fromXState } from './from-xstate.ts';
export type { XStateEvents, XStateReads, XStateServer, XStateServerOptions, XStateSituation } from './types.ts';

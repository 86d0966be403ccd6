import type { RunMessage } from '../core/wire/wire.ts';
import type { Item, Surroundings } from './item.ts';
import type { Handlers } from './modules/task-modules.ts';
import type { Report } from './report.ts';

/** Runs one item; fault injection puts itself in the place of the plain call. */
export type Call = (handler: (input: unknown) => unknown, input: unknown, item: Item) => unknown;

/** What a runner is made from. */
export interface RunnerParts {
  around: Surroundings;
  report: Report;
  modules: Handlers;
  name: string;
  call: Call;
  now: () => number;
  /** Bytes of heap above which what is dead is collected before the rest is counted. Default `Infinity`: never. */
  heapLimit?: number | undefined;
  /** Next bundle, if one has arrived. */
  receive: () => RunMessage | undefined;
  /** `setImmediate`: calls when the event loop has had its turn. */
  afterTurn: (fn: () => void) => void;
  onIdle: () => void;
  /** No task can be run here any more; it is the doing of this item, if one is given. */
  onBroken: (item?: Item) => void;
  /** An item has begun to wait. */
  onAwait?: () => void;
}

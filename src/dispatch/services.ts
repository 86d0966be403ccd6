import type { Clock, TimeScale } from '../core/clock.ts';
import type { Moment } from '../core/counting/moment.ts';
import type { Tally } from '../core/counting/tally.ts';
import type { EventSink } from '../core/events.ts';
import type { Watchers } from '../core/watchers.ts';

export const TIMED_OUT: unique symbol = Symbol('timed out');

/** What every part of the manager is given instead of taking it from the environment. */
export interface Services {
  readonly clock: Clock;
  readonly emitter: EventSink;
  readonly tally: Tally;
  readonly watchers: Watchers;
  readonly moment: Moment;
  /** Waits for a promise that never rejects, but not longer than `ms`. */
  within<T>(promise: Promise<T>, ms: number, scale?: TimeScale): Promise<T | typeof TIMED_OUT>;
}

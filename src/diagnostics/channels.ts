import { type Channel, channel, tracingChannel } from 'node:diagnostics_channel';
import { type Emitter, EVENT_NAMES, type PoolEventName } from '../core/events.ts';

// Held here: a channel without a reference may be collected, and its subscribers with it.
const CHANNELS = new Map<PoolEventName, Channel>(EVENT_NAMES.map((name) => [name, channel(`holdfast:${name}`)]));

/**
 * Publishes every event of a pool on the diagnostics channel `holdfast:<event>`: what listeners get, and `poolName` besides.
 * Without a subscriber it costs one look at the channel.
 */
export function attachChannels(emitter: Emitter, poolName: string): void {
  const isHeard = (name: PoolEventName): boolean => CHANNELS.get(name)!.hasSubscribers;
  emitter.tap((name, event) => {
    if (isHeard(name)) CHANNELS.get(name)!.publish({ ...event, poolName });
  }, isHeard);
}

/** What subscribers of the tracing channel `holdfast.run` get; Node adds `result` or `error`. */
export interface RunTrace {
  readonly poolName: string;
  /** The export that is called. */
  readonly name: string;
  /** The argument of `run`. */
  readonly task: unknown;
}

const run = tracingChannel<RunTrace>('holdfast.run');

/** Whether anybody listens to `holdfast.run`. A TracingChannel of Node 20 cannot tell by itself. */
export function runIsTraced(): boolean {
  return (
    run.start.hasSubscribers ||
    run.asyncEnd.hasSubscribers ||
    run.error.hasSubscribers ||
    run.end.hasSubscribers ||
    run.asyncStart.hasSubscribers
  );
}

/**
 * Traces one call of `run` on the tracing channel `holdfast.run`; calls `fn` and nothing else if the channel has no subscriber.
 * A caller that wants to save the two closures asks `runIsTraced` first.
 */
export function traceRun<T>(fn: () => Promise<T>, trace: () => RunTrace): Promise<T> {
  return runIsTraced() ? run.tracePromise(fn, trace()) : fn();
}

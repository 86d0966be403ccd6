import { erlangC, integral, longerThan, meanAbove, type Queue } from './waiting.ts';

/** What a take-over does to those who wait. */
export interface Delay {
  /** Events that wait longer than `late` because of one failure. */
  readonly late: number;
  /** Milliseconds from the failure until nothing waits that the failure has left. */
  readonly whole: number;
}

export interface OwnQueue {
  /** Events a millisecond. */
  readonly rate: number;
  /** Share of its time that the node is busy. */
  readonly load: number;
  /** Milliseconds in which the node's events are not served. */
  readonly outage: number;
  readonly late: number;
  /** Mean service time of one event on the whole node, in milliseconds; 0: a fluid. */
  readonly service: number;
}

/** Mean work that a node has before it when nothing is wrong: Pollaczek and Khinchine, exponential service times. Milliseconds. */
export const workBefore = (load: number, service: number): number => (load * service) / (1 - load);

/**
 * The events of a node wait for that node or its successor. The delay of an event that comes now sinks by 1 - load a millisecond until the
 * backlog is gone; as it never jumps downwards, the mean time until it has sunk by x is exactly x / (1 - load) (Wald's identity).
 */
export function ownQueueDelay({ rate, load, outage, late, service }: OwnQueue): Delay {
  if (load >= 1) return { late: Number.POSITIVE_INFINITY, whole: Number.POSITIVE_INFINITY };
  const delay = outage + workBefore(load, service);
  return { late: (rate * Math.max(0, delay - late)) / (1 - load), whole: delay / (1 - load) };
}

export interface SharedQueue {
  /** Threads that serve one queue, and those of them that are lost. */
  readonly servers: number;
  readonly lost: number;
  readonly load: number;
  /** Milliseconds. */
  readonly service: number;
  /** Milliseconds until the loss is noticed, and until the lost ones are back. */
  readonly noticed: number;
  readonly outage: number;
  readonly late: number;
}

/**
 * All events wait in one queue, which is as long as Erlang says when the servers are lost. While servers are missing it is a reflected Brownian motion with the drift of what comes less what is served,
 * and its variance: in the limit of large systems exact, whether the rest suffices or not. An event is late if more wait before it
 * than are served within `late`. Once the servers are back the queue sinks at a constant rate on average. Until the loss is noticed, each lost server holds one event:
 * the one that it was at, or one that it was given in vain.
 */
export function sharedQueueDelay({ servers, lost, load, service, noticed, outage, late }: SharedQueue): Delay {
  if (load >= 1) return { late: Number.POSITIVE_INFINITY, whole: Number.POSITIVE_INFINITY };
  const [rate, left, full] = [(load * servers) / service, (servers - lost) / service, servers / service];
  const before = (erlangC(servers, load * servers) * load) / (1 - load);
  const queue: Queue = { drift: rate - left, variance: rate + left, start: before };
  const waits = erlangC(servers - lost, load * servers);
  const during = integral((ms) => longerThan(queue, left * late, ms), 0, outage, 400) * rate * waits;
  const drain = full - rate;
  const after = (rate * waits * meanAbove(queue, full * late, outage)) / drain;
  const inHand = noticed > late ? lost : 0;
  return { late: inHand + during + after, whole: outage + (waits * meanAbove(queue, 0, outage)) / drain };
}

import { erlangC, integral, longerThan, type Queue } from './waiting.ts';

/** What a take-over does to those who wait. */
export interface Delay {
  /** Events that wait longer than `late` because of one failure, and would not without it. */
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
 * Events that lost servers hold. Each has one that it was at, or that it was given in vain. Where events wait, the pool has laid another behind that one, so
 * that no server waits for the pool.
 */
export const heldByLost = (lost: number, servers: number, load: number): number => lost * (1 + erlangC(servers, load * servers));

/** Parts of the chances of how long the queue is at first, each as likely as another. */
const STARTS = 16;

/** Means of those parts of an exponential distribution with mean 1. */
const EXPONENTIAL: readonly number[] = Array.from({ length: STARTS }, (_, i) => {
  const below = (left: number): number => (left === 0 ? 0 : left - left * Math.log(left));
  return STARTS * (below(1 - i / STARTS) - below(1 - (i + 1) / STARTS));
});

/**
 * What the loss does, beside what is late in any case at this load. All events wait in one queue, which is as long as Erlang says when the servers are lost.
 * While servers are missing it is a reflected Brownian motion with the drift of what comes less what is served, and its variance: in the limit of large
 * systems exact, whether the rest suffices or not. An event is late if more wait before it than are served within `late`. Once the servers are back, the
 * queue finds its balance again: how many more events are late until then is the solution of Poisson's equation for the same motion. Until the loss is
 * noticed, the lost servers hold what they had.
 */
export function sharedQueueDelay({ servers, lost, load, service, noticed, outage, late }: SharedQueue): Delay {
  if (load >= 1) return { late: Number.POSITIVE_INFINITY, whole: Number.POSITIVE_INFINITY };
  const [rate, left, full] = [(load * servers) / service, (servers - lost) / service, servers / service];
  const drain = full - rate;
  const decay = (2 * drain) / (full + rate);
  const before = erlangC(servers, load * servers);
  const waits = erlangC(servers - lost, load * servers);
  const base = (length: number): number => before * Math.exp(-decay * length);
  const motion: Queue = { drift: rate - left, variance: rate + left };
  /** Chance that the queue is longer than that, at this time after the loss. */
  const longer = (length: number, ms: number): number => {
    const from = (start: number): number => longerThan({ ...motion, start }, length, ms);
    const mixed = EXPONENTIAL.reduce((sum, start) => sum + from(start / decay), 0) / STARTS;
    return waits * ((1 - before) * from(0) + before * mixed);
  };
  const limit = full * late;
  /** What is served within `late`, from then on. */
  const served = (ms: number): number => left * Math.min(late, outage - ms) + full * Math.max(0, late - (outage - ms));
  const during = integral((ms) => longer(served(ms), ms) - base(limit), 0, outage, 200);
  /** Milliseconds in which events are late, and would not be, for each event that the queue is longer than usual. */
  const each = (length: number): number => (Math.exp(-decay * Math.max(0, limit - length)) - Math.exp(-decay * limit)) / drain;
  const after = over(limit, (length) => each(length) * (longer(length, outage) - base(length)));
  const backlog = over(limit, (length) => longer(length, outage));
  const inHand = noticed > late ? heldByLost(lost, servers, load) : 0;
  return { late: Math.max(0, inHand + rate * (during + after)), whole: outage + backlog / drain };

  /** The integral over all lengths, with a step where the function may have a bend. */
  function over(bend: number, f: (length: number) => number): number {
    const top = Math.max(0, motion.drift * outage) + 5 / decay + 10 * Math.sqrt(motion.variance * outage);
    return integral(f, 0, Math.min(bend, top), 200) + (top > bend ? integral(f, bend, top, 200) : 0);
  }
}

import { type BulkQueue, balance, fullAfter } from './bulk.ts';

/** Copies of a task, and the pool that runs them. */
export interface SparedCopies {
  readonly replicas: number;
  readonly quorum: number;
  /** Mean number of copies of a task that starts all of them at once, and of one that holds back those that the quorum can do without. */
  readonly most: number;
  readonly fewest: number;
  /** Chance that the first `quorum` ballots agree. */
  readonly unanimous: number;
  readonly servers: number;
  /** Share of its time that the pool is busy with single tasks. */
  readonly load: number;
  /** Milliseconds. */
  readonly service: number;
}

/** Milliseconds between two looks of the pool at copies that it holds back, and those after which a copy takes long: `PATIENCE` of the pool's `Reserve`. */
export const LOOK = 50;
/** From this many threads on, as many copies are started as there is room for. */
const MANY = 20_000;
/** Elementary operations that a forecast may take: a tenth of a second. */
const EFFORT = 3e7;

/**
 * Mean number of copies that a task starts. All start at once where a thread is idle. Where none is, those that the quorum can do without are held
 * back; the pool calls them up if the first disagree, and, when it looks, if a thread is idle again or a copy takes long. A copy that waits for a thread when
 * the others agree is never started.
 */
export function copiesStarted(spared: SparedCopies): number {
  const { replicas, quorum, most, fewest, servers, load } = spared;
  if (replicas === quorum || load <= 0) return most;
  // In the limit of many threads either some are always idle, or as many copies start as keep all of them busy.
  if (servers > MANY) return Math.min(most, Math.max(fewest, 1 / load));
  const queue = { servers, arrivals: load * servers, idle: most };
  let called = 0;
  for (let round = 0; ; round++) {
    const full = fewest + called * (most - fewest);
    const chances = balance({ ...queue, full });
    if (chances === undefined) {
      if (called === 0) return fewest;
      called = called < 1e-3 ? 0 : called / 2; // There is no room to call that many up.
      continue;
    }
    if (round >= 2) return meanOf(spared, chances, full);
    called = calledUp({ ...queue, full }, chances, spared);
  }
}

function meanOf(spared: SparedCopies, chances: readonly number[], full: number): number {
  const { replicas, most, unanimous, quorum, servers, load } = spared;
  const arrivals = load * servers;
  const held = fullShare(chances, servers);
  let mean = most;
  let idleFor = 0;
  for (let idle = 1; idle < replicas && idle <= servers; idle++) {
    const standing: Standing = { running: idle, waiting: replicas - idle, missing: quorum, servers };
    mean -= chances[servers - idle]! * unanimous * neverStarted(standing);
    idleFor += chances[servers - idle]! * idleTime(standing, arrivals, 0);
  }
  // The last in the line, unless another task has come behind it by the time its first copy starts.
  idleFor +=
    held *
    Math.exp(-arrivals * waitOf(chances, servers, held)) *
    idleTime({ running: 1, waiting: quorum - 1, missing: quorum, servers }, arrivals, 0);
  return mean - Math.max(0, held - arrivals * idleFor) * (most - full);
}

/** Mean time until a task that finds no idle thread has its first copy on one. */
function waitOf(chances: readonly number[], servers: number, held: number): number {
  let wait = 0;
  for (let n = servers; n < chances.length; n++) wait += ((chances[n]! / held) * (n - servers + 1)) / servers;
  return held > 0 ? wait : 0;
}

const fullShare = (chances: readonly number[], servers: number): number => chances.slice(servers).reduce((sum, chance) => sum + chance, 0);

/** Which of the copies that are held back are started because the pool looks in time. */
function calledUp(queue: BulkQueue, chances: readonly number[], { servers, service, quorum }: SparedCopies): number {
  const held = fullShare(chances, servers);
  if (held < 1e-6) return 0;
  const span = LOOK / service;
  const wait = waitOf(chances, servers, held);
  const steps = Math.ceil(Math.max(200, 2 * (queue.arrivals + servers) * span));
  const tooMany = steps * chances.length > EFFORT;
  const full = tooMany ? new Array<number>(201).fill(held) : fullAfter(queue, chances, span, steps);
  const last = full.length - 1;
  const open = (time: number): number => (time < wait ? 0 : 1 - (1 - Math.exp(wait - time)) ** quorum);
  /** By a look at that time after the task has come: at an idle thread, or by the next look, because a copy has taken long; that one waits for a thread. */
  const by = (k: number): number => {
    const time = (k * span) / last;
    return open(time) * (1 - full[k]!) + (open(time + span) * full[k]!) / (1 + wait);
  };
  // The first task that holds copies back sets the clock of the looks; those that come after it are closer to the next.
  let [called, tasks] = [by(last), 1];
  for (let i = 0; i < last; i++) {
    const come = (queue.arrivals * full[i]! * span) / last;
    called += come * by(last - i);
    tasks += come;
  }
  return called / tasks;
}

interface Standing {
  readonly running: number;
  readonly waiting: number;
  /** Ballots that the quorum still needs. */
  readonly missing: number;
  readonly servers: number;
}

/** How many of the copies that wait are not started before the others agree, if all threads are busy: a thread that has had a copy gets no other of its task. */
function neverStarted({ running, waiting, missing, servers }: Standing): number {
  if (missing === 0 || waiting === 0) return waiting;
  const own = Math.min(1, running / servers);
  const ends = own === 0 ? 0 : own * neverStarted({ running: running - 1, waiting, missing: missing - 1, servers });
  return ends + (own === 1 ? 0 : (1 - own) * neverStarted({ running: running + 1, waiting: waiting - 1, missing, servers }));
}

/**
 * Mean time for which threads are idle although copies wait: all copies that wait belong to a task that these threads have had. A task that comes meanwhile
 * finds an idle thread. It ends when another task comes, or when nothing waits.
 */
function idleTime({ running, waiting, missing, servers }: Standing, arrivals: number, idle: number): number {
  if (missing === 0 || waiting === 0 || idle >= servers) return 0;
  const rate = servers - idle + arrivals;
  const own = Math.min(running, servers - idle);
  const ends = own === 0 ? 0 : own * idleTime({ running: running - 1, waiting, missing: missing - 1, servers }, arrivals, idle + 1);
  const others = servers - idle - own;
  const starts = others === 0 ? 0 : others * idleTime({ running: running + 1, waiting: waiting - 1, missing, servers }, arrivals, idle);
  return ((idle > 0 ? 1 : 0) + ends + starts) / rate;
}

import { count, rate } from './quantity/count.ts';
import { refuse } from './quantity/refuse.ts';
import { nines, share } from './quantity/share.ts';
import { DAY, time, timeOrNone } from './quantity/time.ts';

/** Text as people write it, or a number: milliseconds for times, 0 to 1 for shares, events a second for rates. */
export type Written = string | number;

/** The system that is planned. Only the first four are required; what is not given is not planned for. */
export interface PlanOptions {
  /** Nodes that work: machines, or threads. */
  readonly nodes: Written;
  /** Events a second that each node gets. */
  readonly rate: Written;
  /** Mean time between two failures of one node. */
  readonly mtbf: Written;
  /** Time from a failure until another node has taken over. */
  readonly takeover: Written;
  /** Mean time that one event takes. Without it, and without `load`, nothing is said of waiting. @default none */
  readonly service?: Written;
  /** Share of its time that a node is busy. @default `rate` · `service` / `threads`, where both are given */
  readonly load?: Written;
  /** Threads of a node. @default `rate` · `service` / `load` */
  readonly threads?: Written;
  /** Share of the attempts that end their thread. @default 0 */
  readonly crash?: Written;
  /** Share of the attempts that never end. @default 0 */
  readonly hang?: Written;
  /** Limit for one attempt: what a hanging one costs. @default '30s' */
  readonly timeout?: Written;
  /** Thread time that the replacement of a thread takes. @default '28ms' */
  readonly restart?: Written;
  /** Attempts after the first. @default 3 */
  readonly retries?: Written;
  /** Share of the thread time that retries may take while fresh tasks wait. @default 0.4 */
  readonly retryBudget?: Written;
  /** Share of the inputs that fail at every attempt. @default 0 */
  readonly poison?: Written;
  /** Share of the attempts that answer wrongly and say nothing. @default 0 */
  readonly corrupt?: Written;
  /** Copies of each task that vote. @default 1 */
  readonly replicas?: Written;
  /** Equal answers that win. @default a majority of `replicas` */
  readonly quorum?: Written;
  /** Chance that two wrong answers of one task are the same. @default 1, the worst */
  readonly agree?: Written;
  /** Share of the corruptions that strike all copies of a task alike. @default 0 */
  readonly common?: Written;
  /** Nodes that stand by. @default as many as are needed */
  readonly spares?: Written;
  /** Time from the failure of a node until it is back, or replaced. @default '1d' */
  readonly repair?: Written;
  /** Nodes that share a fate: a rack, a switch. @default 1 */
  readonly domain?: Written;
  /** Share of the node failures that take a whole domain. @default 0 */
  readonly together?: Written;
  /** An event that waits longer than this is late. @default '100ms' */
  readonly late?: Written;
  /** Nines that are asked for. @default 7 */
  readonly nines?: Written;
}

/** The options in numbers: milliseconds, shares, events a second. */
export type PlannedSystem = { readonly [K in keyof PlanOptions]-?: K extends Optional ? number | undefined : number };
type Optional = 'service' | 'load' | 'threads' | 'spares';

type Readers = { readonly [K in keyof PlanOptions]-?: (given: unknown, name: string) => number };
const REQUIRED = ['nodes', 'rate', 'mtbf', 'takeover'] as const;
const MANY = 10_000_000;

/** How each option is read. */
export const READERS: Readers = {
  nodes: count(1, MANY, 'nodes'),
  rate,
  mtbf: time,
  takeover: timeOrNone,
  service: time,
  load: share,
  threads: count(1, 100_000, 'threads'),
  crash: share,
  hang: share,
  timeout: time,
  restart: timeOrNone,
  retries: count(0, 1_000, 'retries'),
  retryBudget: share,
  poison: share,
  corrupt: share,
  replicas: count(1, 99, 'copies'),
  quorum: count(1, 99, 'copies'),
  agree: share,
  common: share,
  spares: count(0, MANY, 'nodes'),
  repair: time,
  domain: count(1, MANY, 'nodes'),
  together: share,
  late: timeOrNone,
  nines,
};

const DEFAULTS = {
  crash: 0,
  hang: 0,
  timeout: 30_000,
  restart: 28,
  retries: 3,
  retryBudget: 0.4,
  poison: 0,
  corrupt: 0,
  replicas: 1,
  agree: 1,
  common: 0,
  repair: DAY,
  domain: 1,
  together: 0,
  late: 100,
  nines: 7,
} as const;

/**
 * Reads the options. `nameOf` is how messages call an option: a flag, on the command line.
 * @throws {InvalidOptionError} `ERR_INVALID_OPTION`, with what was expected and what came
 */
export function readOptions(options: PlanOptions, nameOf: (option: string) => string = (option) => option): PlannedSystem {
  const given: Record<string, number> = {};
  for (const [option, value] of Object.entries(options as unknown as Record<string, unknown>)) {
    if (value === undefined) continue;
    const read = Object.hasOwn(READERS, option) ? READERS[option as keyof PlanOptions] : undefined;
    if (read === undefined) refuse(nameOf(option), `a known option (${Object.keys(READERS).join(', ')})`, value);
    else given[option] = read(value, nameOf(option));
  }
  for (const option of REQUIRED) if (given[option] === undefined) READERS[option](undefined, nameOf(option));
  const system = { ...DEFAULTS, ...given } as unknown as PlannedSystem;
  const quorum = system.quorum ?? Math.floor(system.replicas / 2) + 1;
  check(system, quorum, nameOf);
  return { ...system, quorum, load: loadOf(system, nameOf), threads: threadsOf(system), service: system.service, spares: system.spares };
}

function check(system: PlannedSystem, quorum: number, nameOf: (option: string) => string): void {
  const { crash, hang, replicas, domain, nodes } = system;
  if (crash + hang > 1)
    refuse(nameOf('hang'), `at most ${Number((1 - crash).toPrecision(6))}, so that crash and hang together are at most 1`, hang);
  if (quorum > replicas || 2 * quorum <= replicas)
    refuse(nameOf('quorum'), `more than half of ${replicas} copies, and no more than all`, quorum);
  if (domain > nodes) refuse(nameOf('domain'), `at most the ${nodes} nodes that there are`, domain);
  if (system.load === 0) refuse(nameOf('load'), 'a share above 0, such as 0.6 or 60 %', 0);
}

function loadOf({ load, rate: perSecond, service, threads }: PlannedSystem, nameOf: (option: string) => string): number | undefined {
  if (threads === undefined || service === undefined) return load;
  const implied = (perSecond * service) / 1_000 / threads;
  if (load !== undefined && Math.abs(load - implied) > 0.01 * implied)
    refuse(nameOf('load'), `nothing, or the load that rate, service and threads make: ${Number(implied.toPrecision(4))}`, load);
  return implied;
}

/** May be a fraction: then it is the node's share of the threads of all. */
function threadsOf({ threads, load, rate: perSecond, service }: PlannedSystem): number | undefined {
  return threads ?? (load === undefined || service === undefined ? undefined : (perSecond * service) / 1_000 / load);
}

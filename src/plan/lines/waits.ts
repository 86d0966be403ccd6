import { heldByLost, ownQueueDelay, sharedQueueDelay } from '../formulas/takeover.ts';
import { lateShare, meanWait } from '../formulas/waiting.ts';
import { type LineInput, line, type PlanLine } from '../line.ts';
import type { PlannedSystem } from '../options.ts';
import { shareText, timeText } from '../quantity/text.ts';
import { serversOf } from './answers.ts';

const waits = (input: Omit<LineInput, 'section'>): PlanLine => line({ section: 'waits', ...input });

/** Who waits, with and without a failure. Nothing where the load is not known. */
export function waiting(system: PlannedSystem): PlanLine[] {
  if (system.load === undefined) return [];
  return [...own(system, system.load), ...(system.service === undefined ? [] : shared(system, system.load, system.service))];
}

const overloaded = (load: number): string | undefined =>
  load < 1 ? undefined : `the load is ${shareText(load)}: the backlog grows from the first second on`;

function own({ rate, takeover, service, threads, late }: PlannedSystem, load: number): PlanLine[] {
  const each = service === undefined || threads === undefined ? 0 : service / threads;
  const assumption = 'what came meanwhile waits in order, and the successor is as fast';
  const { late: events, whole } = ownQueueDelay({ rate: rate / 1_000, load, outage: takeover, late, service: each });
  return [
    waits({
      id: 'ownLate',
      title: `events later than ${timeText(late)} by one failure, each node with its own queue`,
      value: events,
      unit: 'events',
      formula: 'rate · (takeover + v - late) / (1 - load), v = load · service / (threads · (1 - load))',
      source: 'wald',
      assumption,
      because: overloaded(load),
    }),
    waits({
      id: 'ownWhole',
      title: 'time until that backlog is gone',
      value: whole,
      unit: 'ms',
      formula: '(takeover + v) / (1 - load), from the failure on',
      source: 'wald',
      assumption,
      because: overloaded(load),
    }),
  ];
}

function shared(system: PlannedSystem, load: number, service: number): PlanLine[] {
  const { nodes, takeover, repair, domain, late } = system;
  const servers = serversOf(system);
  const lost = Math.min(servers, Math.round((servers * domain) / nodes));
  const busy = load * servers;
  const of = domain === 1 ? 'a node' : `a domain of ${domain} nodes`;
  const random = 'events come at random, service times are exponential';
  const queue = { servers, lost, load, service, late };
  const after = (outage: number, id: string, how: string): PlanLine[] => {
    const delay = sharedQueueDelay({ ...queue, noticed: takeover, outage });
    const because = overloaded(load);
    const assumption = 'one queue for all threads, exponential times, many threads';
    const title = `by the loss of ${of} ${how}, one queue for all`;
    return [
      waits({
        id: `${id}Late`,
        title: `events later than ${timeText(late)} ${title}`,
        value: delay.late,
        unit: 'events',
        formula:
          'in hand + arrivals · P(queue > late · threads left / service), until its balance is found again, less those that are late without the loss',
        source: 'brownian',
        assumption,
        because,
      }),
      waits({
        id: `${id}Whole`,
        title: 'time until it is whole',
        value: delay.whole,
        unit: 'ms',
        formula: 'outage + E(queue) / drain',
        source: 'brownian',
        assumption,
        because,
      }),
    ];
  };
  return [
    waits({
      id: 'meanWait',
      title: 'mean wait without a failure, one queue for all',
      value: meanWait(servers, busy, service),
      unit: 'ms',
      formula: `C(c, a) · service / (c - a), c = ${servers} threads, a = ${Number(busy.toPrecision(4))} busy`,
      source: 'erlang',
      assumption: random,
      because: overloaded(load),
    }),
    waits({
      id: 'lateShare',
      title: `events later than ${timeText(late)} without a failure`,
      value: lateShare(servers, busy, service, late),
      unit: 'share',
      formula: 'C(c, a) · exp(-(c - a) · late / service)',
      source: 'erlang',
      assumption: random,
      because: overloaded(load),
    }),
    waits({
      id: 'inHand',
      title: `events in the hands of ${of} that is lost, which run again`,
      value: heldByLost(lost, servers, load),
      unit: 'events',
      formula: 'threads · domain · (1 + C(c, a)): the one that a thread is at, and one behind it where events wait',
      source: 'erlang',
      assumption: 'a thread that has fallen silent is given one event in vain, and none behind one that takes long',
    }),
    ...after(takeover, 'spare', 'with spares'),
    ...after(Math.max(repair, takeover), 'bare', `without, until the repair after ${timeText(repair)}`),
  ];
}

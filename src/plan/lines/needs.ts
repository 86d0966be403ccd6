import { trialsToShow } from '../formulas/availability.ts';
import { attemptsFor, type Faults, failing, longestTimeout, overhead, storm, tippingPoint } from '../formulas/retries.ts';
import { type Fleet, missingShare, sparesFor } from '../formulas/spares.ts';
import { type LineInput, line, type PlanLine } from '../line.ts';
import type { PlannedSystem } from '../options.ts';
import { numberText, shareText, timeText } from '../quantity/text.ts';
import { copiesOf } from './answers.ts';

const needs = (input: Omit<LineInput, 'section'>): PlanLine => line({ section: 'needs', ...input });

/** What the goals take: spares, retries, room. */
export function requirements(system: PlannedSystem): PlanLine[] {
  return [...spares(system), ...attempts(system), ...room(system), ...timeOuts(system), ...storms(system), proof(system)];
}

function spares(system: PlannedSystem): PlanLine[] {
  const { nodes, mtbf, repair, together, domain, nines, spares: given } = system;
  const fleet: Fleet = { nodes, mtbf, repair, together, domain };
  const allowed = 10 ** -nines;
  const most = 2 * nodes + 10 * domain + 1_000;
  const needed = sparesFor(fleet, allowed, most);
  const assumption =
    together === 0
      ? 'nodes fail independently; each is repaired by itself; spares fail like the others'
      : `${shareText(together)} of the node failures take ${domain} nodes at once`;
  const lines = [
    needs({
      id: 'spares',
      title: `spares for ${nines} nines with a repair in ${timeText(repair)}`,
      value: needed,
      unit: 'nodes',
      formula: 'smallest s with E[(down - s)+] / nodes ≤ 10^-nines; down is Poisson with mean (nodes + s) · repair / (mtbf + repair)',
      source: together === 0 ? 'palm' : 'beta',
      assumption,
      because: needed === undefined ? `more than ${numberText(most)} spares would be in repair themselves` : undefined,
    }),
  ];
  if (given !== undefined)
    lines.push(
      needs({
        id: 'missing',
        title: `time without a node and without one of ${given} spares`,
        value: missingShare(fleet, given),
        unit: 'share',
        formula: 'E[(down - spares)+] / nodes',
        source: 'palm',
        assumption,
      }),
    );
  return lines;
}

function attempts({ crash, hang, poison, nines }: PlannedSystem): PlanLine[] {
  const p = crash + hang;
  if (p === 0 && poison === 0) return [];
  const allowed = 10 ** -nines;
  const needed = poison >= allowed ? undefined : attemptsFor(p, -Math.log10((allowed - poison) / (1 - poison)));
  const why = poison >= allowed ? `${shareText(poison)} of the inputs fail at every attempt` : 'every attempt fails';
  return [
    needs({
      id: 'attempts',
      title: `attempts a task for ${nines} nines`,
      value: needed,
      unit: 'attempts',
      formula: 'smallest A with poison + (1 - poison) · p^A ≤ 10^-nines, p = crash + hang',
      source: 'geometric',
      assumption: 'attempts fail independently, but for poisoned inputs',
      because: needed === undefined ? why : undefined,
    }),
  ];
}

/** The faults of a system as the formulas take them. */
export function faultsOf({ service = 1, crash, hang, timeout, restart, retries }: PlannedSystem): Faults {
  const classes = [
    { chance: crash, found: service, replaced: restart },
    { chance: hang, found: timeout, replaced: restart },
  ].filter(({ chance }) => chance > 0);
  return { service, classes, attempts: retries + 1 };
}

function room(system: PlannedSystem): PlanLine[] {
  const { load, service, nodes, domain, replicas } = system;
  const lines: PlanLine[] = [];
  const faults = faultsOf(system);
  const { fewest: copies } = copiesOf(system);
  if (service !== undefined && (faults.classes.length > 0 || replicas > 1)) {
    const cost = overhead(faults) * copies;
    lines.push(
      needs({
        id: 'highestLoad',
        title: 'load above which faults leave a backlog that grows',
        value: 1 / cost,
        unit: 'share',
        formula: 's / (Σ p(d + c) + (1 - Σp) · s) · (1 - p) / (1 - p^A) / copies; d: until it is found, c: a new thread',
        source: 'conservation',
        assumption: `all threads are kept busy${replicas > 1 ? ', so that copies are held back' : ''}; ${numberText(cost)} times the thread time of tasks without faults and copies`,
        because:
          load !== undefined && load * cost > 1
            ? `the load of ${shareText(load)} becomes ${shareText(load * cost)} with faults and copies`
            : undefined,
      }),
    );
  }
  if (nodes > 1)
    lines.push(
      needs({
        id: 'carriesLoad',
        title: `load at which the rest carries the work of ${domain === 1 ? 'a lost node' : `${domain} lost nodes`}`,
        value: nodes === domain ? undefined : (nodes - domain) / nodes,
        unit: 'share',
        formula: '(nodes - domain) / nodes',
        source: 'conservation',
        assumption: 'any node can do the work of any other',
        because: nodes === domain ? 'a failure of the domain leaves no node' : undefined,
      }),
    );
  return lines;
}

/** Time-outs, not crashes, eat the headroom: how long one may be. */
function timeOuts(system: PlannedSystem): PlanLine[] {
  const { load, service, hang, timeout } = system;
  if (load === undefined || service === undefined || hang === 0) return [];
  const faults = faultsOf(system);
  const longest = longestTimeout(load * copiesOf(system).fewest, faults, faults.classes.at(-1)!);
  const why = longest <= 0 ? 'there is too much to do even if a hanging attempt costs nothing' : `${timeText(timeout)} is longer`;
  return [
    needs({
      id: 'longestTimeout',
      title: 'longest time-out that the load allows',
      value: longest > 0 ? longest : undefined,
      unit: 'ms',
      formula: 'd with load · copies · (1 - p^A) / (1 - p) · time per attempt / service = 1',
      source: 'conservation',
      assumption: 'a hanging attempt keeps its thread busy until its time-out',
      because: longest < timeout ? why : undefined,
    }),
  ];
}

function storms(system: PlannedSystem): PlanLine[] {
  const { load, retryBudget, retries } = system;
  if (load === undefined || load >= 1 || retries === 0) return [];
  const faults = faultsOf(system);
  const tips = tippingPoint(load, faults);
  const mixture =
    failing(faults.classes) === 0 ? 'attempts throw at their end, and are tried again' : 'crashes and hangs in the given mixture';
  const lines = [
    needs({
      id: 'tippingPoint',
      title: 'failing attempts at which retries outgrow the machine',
      value: tips ?? 1,
      unit: 'share',
      formula: 'p with load · (1 + p + … + p^retries) · time per attempt / service = 1',
      source: 'metastable',
      assumption: tips === undefined ? 'never: even where all attempts fail there is room' : mixture,
    }),
  ];
  const worst = storm(load, { ...faults, classes: [{ chance: 1, found: faults.service, replaced: 0 }] }, retryBudget);
  lines.push(
    needs({
      id: 'freshWork',
      title: `fresh tasks that are begun in the worst storm, with a retry budget of ${shareText(retryBudget)}`,
      value: worst.begun,
      unit: 'share',
      formula: 'min(1, max(1 - budget, 1 / (1 + retries)) / load)',
      source: 'metastable',
      assumption: 'failing attempts take as long as good ones',
    }),
  );
  return lines;
}

function proof({ nodes, rate, nines }: PlannedSystem): PlanLine {
  const trials = trialsToShow(nines);
  return needs({
    id: 'proof',
    title: `events without a failure that show ${nines} nines`,
    value: trials,
    unit: 'events',
    formula: `3 / 10^-nines, at 95 %; at this rate they take ${timeText((1_000 * trials) / (nodes * rate))}`,
    source: 'three',
    assumption: 'events fail independently',
  });
}

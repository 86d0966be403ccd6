import type { SimulationReport } from './report.ts';

const DAY = 86_400_000;

/** What many seeds come to. */
export class Totals {
  readonly #begun = performance.now();
  readonly #counts = new Map<string, number>();
  readonly #outcomes = new Map<string, number>();
  #seeds = 0;
  #events = 0;
  #time = 0;
  tasks = 0;
  violations = 0;
  readonly #faults: readonly string[];

  constructor(faults: readonly string[]) {
    this.#faults = faults;
  }

  add({ tasks, events, time, counts, outcomes }: SimulationReport): void {
    this.#seeds++;
    this.tasks += tasks;
    this.#events += events;
    this.#time += time;
    for (const [name, count] of Object.entries(counts)) this.#counts.set(name, (this.#counts.get(name) ?? 0) + count);
    for (const [name, count] of outcomes) this.#outcomes.set(name, (this.#outcomes.get(name) ?? 0) + count);
  }

  /** In a line. */
  line(): string {
    const seconds = (performance.now() - this.#begun) / 1000;
    const rate = Math.round(this.tasks / seconds);
    return `${whole(this.#seeds)} seeds, ${whole(this.tasks)} tasks, ${this.violations} violations, ${seconds.toFixed(1)} s, ${whole(rate)} tasks/s`;
  }

  /** As tables, ready for a page. */
  table(from: number, to: number): string {
    const faults = this.#faults.map((name): [string, number] => [name, this.#counts.get(name) ?? 0]).filter(([, count]) => count > 0);
    const said = [...this.#counts]
      .filter(([name]) => name.startsWith('event:'))
      .map(([name, count]): [string, number] => [name.slice(6), count]);
    const total = [...faults].reduce((sum, [, count]) => sum + count, 0);
    const summary: [string, string][] = [
      ['seeds', `${from} to ${to}: ${whole(this.#seeds)}`],
      ['tasks', whole(this.tasks)],
      ['tasks of elastic pools', whole(this.#counts.get('acceptedElastic') ?? 0)],
      ['violations', whole(this.violations)],
      ['events', whole(this.#events)],
      ['simulated time', `${whole(Math.round(this.#time / DAY))} days`],
      ['faults injected', whole(total)],
      ['attempts in cells after a crash', whole(this.#counts.get('startedInCell') ?? 0)],
      ['wall time and rate', this.line().split(', ').slice(-2).join(', ')],
    ];
    return [
      rows(['', ''], summary),
      rows(['fault', 'times'], counted(faults)),
      rows(['outcome', 'tasks'], counted([...this.#outcomes])),
      rows(['event', 'times'], counted(said)),
    ].join('\n\n');
  }
}

function counted(list: readonly [string, number][]): [string, string][] {
  return [...list].sort(([, a], [, b]) => b - a).map(([name, count]) => [name, whole(count)]);
}

function rows(head: readonly string[], body: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), '|---|---:|', ...body.map(line)].join('\n');
}

function whole(number: number): string {
  return number.toLocaleString('en');
}

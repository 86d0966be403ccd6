import { type ChildProcess, fork } from 'node:child_process';
import type { Order } from './job.ts';
import type { SimulationReport } from './report.ts';
import { Totals } from './totals.ts';

export interface ManyOptions {
  /** The program that simulates, with `--job`; and what starts one seed again. */
  readonly main: string;
  readonly command: string;
  /** Names of what strikes, as the logs have them. */
  readonly faults: readonly string[];
  readonly from: number;
  readonly to: number;
  /** Goes on beyond `to` until this many tasks were simulated. */
  readonly tasks: number | undefined;
  readonly jobs: number;
  /** Seconds that one seed may take. */
  readonly patience: number;
  /** Ends at the first violation. */
  readonly first: boolean;
  readonly seed: Omit<Order, 'seed'>;
  /** Which of the seeds are run; default: all. */
  readonly wants?: (seed: number) => boolean;
}

/** Seeds that a process has before it, so that it never waits for its parent. */
const AHEAD = 3;
const SHOW_EVERY = 60_000;

/** Simulates many seeds in processes side by side, and prints what came of it. Resolves with the number of violations. */
export async function runMany(options: ManyOptions): Promise<number> {
  const totals = new Totals(options.faults);
  let next = options.from;
  let stopped = false;
  const more = (): number | undefined => {
    for (; !stopped && (next <= options.to || totals.tasks < (options.tasks ?? 0)); next++) {
      if (options.wants?.(next) !== false) return next++;
    }
    return undefined;
  };
  const found = (seed: number, violation: string): void => {
    totals.violations++;
    stopped ||= options.first;
    console.log(`seed ${seed}: ${violation.split('\n').slice(0, 4).join('\n')}\n  ${options.command} --seed ${seed}`);
  };
  const progress = setInterval(() => console.log(totals.line()), SHOW_EVERY);
  await Promise.all(Array.from({ length: Math.max(1, options.jobs) }, () => work(options, totals, more, found)));
  clearInterval(progress);
  console.log(totals.table(options.from, next - 1));
  return totals.violations;
}

/** One process, and those that follow it should it die or hang. */
async function work(
  options: ManyOptions,
  totals: Totals,
  more: () => number | undefined,
  found: (seed: number, violation: string) => void,
): Promise<void> {
  const todo: number[] = [];
  for (let again = true; again; ) again = await new Promise<boolean>((resolve) => begin(resolve));

  function begin(ended: (again: boolean) => void): void {
    // Errors are many, and do not live long: with a larger nursery they cost less.
    const child: ChildProcess = fork(options.main, ['--job'], { execArgv: ['--max-semi-space-size=64'] });
    let verdict: string | undefined;
    let watch: NodeJS.Timeout;
    const attend = (): void => {
      clearTimeout(watch);
      watch = setTimeout(() => {
        verdict = `it has not ended within ${options.patience} s`;
        child.kill('SIGKILL');
      }, options.patience * 1000);
    };
    const give = (): void => {
      while (todo.length < AHEAD) {
        const seed = more();
        if (seed === undefined) break;
        todo.push(seed);
        child.send({ seed, ...options.seed });
      }
      if (todo.length === 0) child.disconnect();
    };
    child.on('message', (report: Omit<SimulationReport, 'outcomes'> & { outcomes: [string, number][] }) => {
      attend();
      todo.shift();
      totals.add({ ...report, outcomes: new Map(report.outcomes) as SimulationReport['outcomes'] });
      if (report.violation !== undefined) found(report.seed, report.violation);
      give();
    });
    child.on('exit', (code, signal) => {
      clearTimeout(watch);
      const seed = todo.shift();
      const died = signal === null ? `its process died with exit code ${code}` : `somebody else ended its process by ${signal}`;
      if (seed !== undefined) found(seed, verdict ?? died);
      ended(seed !== undefined);
    });
    attend();
    for (const seed of todo) child.send({ seed, ...options.seed });
    give();
  }
}

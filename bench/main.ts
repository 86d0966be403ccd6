// npm run bench: measures every contender, prints the tables and the goals, writes the data and the page.
import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { CASES, SCALES } from './cases/index.ts';
import { CONTENDERS, IDEAL, REFERENCES } from './contenders/index.ts';
import { judgeGoals } from './goals/index.ts';
import { describeRun } from './report/meta.ts';
import { createProgress } from './report/progress.ts';
import { goalsTable, headline, tableOf } from './report/table.ts';
import { writeReport } from './report/write.ts';
import type { Report } from './results.ts';
import { type Measured, runUnits } from './runner/run.ts';
import { schedule, type Unit } from './runner/schedule.ts';
import { cellsOf } from './stats/cells.ts';

interface Options {
  readonly quick: boolean;
  readonly case?: string[];
  readonly contender?: string[];
  readonly variant?: string;
  readonly rounds?: number;
  readonly threads: number;
  readonly seed: number;
  readonly out: string;
}

const whole = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Expected a whole number above 0.');
  return value;
};

function among(known: readonly string[], wanted: string[] | undefined, what: string): string[] {
  const strange = wanted?.find((name) => !known.includes(name));
  if (strange) throw new Error(`Expected ${what}: ${known.join(', ')}. Got ${strange}.`);
  return known.filter((name) => !wanted || wanted.includes(name));
}

function planOf(options: Options): Unit[] {
  const scale = SCALES[options.quick ? 'quick' : 'full'];
  const cases = among(
    CASES.map(({ name }) => name),
    options.case,
    'a case',
  );
  const everyone = among(
    [...CONTENDERS, ...REFERENCES].map(({ name }) => name),
    options.contender,
    'a contender',
  );
  const isReference = (name: string): boolean => REFERENCES.some((each) => each.name === name);
  return schedule({
    cases: CASES.filter(({ name }) => cases.includes(name)),
    scale,
    rounds: options.rounds ?? scale.rounds,
    contenders: everyone.filter((name) => !isReference(name)),
    references: everyone.filter(isReference),
    ideal: IDEAL,
    ...(options.variant ? { keeps: (_, variant) => variant.name.includes(options.variant!) } : {}),
  });
}

async function bench(options: Options): Promise<void> {
  const scale = SCALES[options.quick ? 'quick' : 'full'];
  const units = planOf(options);
  if (units.length === 0) throw new Error('Expected options that leave something to run. Got none that does.');
  const startedAt = new Date();
  const reportOf = ({ samples, calibrations, done, of }: Measured): Report => {
    const cells = cellsOf(samples);
    const meta = describeRun({
      startedAt: startedAt.toISOString(),
      seconds: (Date.now() - startedAt.getTime()) / 1000,
      scale: scale.name,
      rounds: options.rounds ?? scale.rounds,
      units: { done, of },
      threads: options.threads,
      seed: options.seed,
      command: `npm run bench${process.argv.length > 2 ? ` -- ${process.argv.slice(2).join(' ')}` : ''}`,
    });
    // A run of some cases speaks of the goals that it measured, and of no others.
    const whole = options.case === undefined && options.contender === undefined && options.variant === undefined;
    const goals = judgeGoals(cells).filter(({ verdict }) => whole || verdict !== 'not measured');
    return { meta, calibration: calibrations, goals, cells };
  };
  const progress = createProgress(process.stderr);
  let current = units[0]!;
  const measured = await runUnits(units, {
    scale,
    threads: options.threads,
    seed: options.seed,
    onStart: (unit, index, total) => {
      current = unit;
      progress.start(unit, index, total);
    },
    onSample: (sample) => progress.done(sample, current),
    // Who stops a long run keeps what it has measured.
    onCase: (soFar) => writeReport(reportOf(soFar), options.out),
  });
  progress.stop();
  const report = reportOf(measured);
  const { json, html } = writeReport(report, options.out);
  const end = `${Math.round(report.meta.seconds)} s; ${json}, ${html}`;
  console.log([headline(report), tableOf(report.cells), goalsTable(report.goals), '', end].join('\n'));
}

await new Command('bench')
  .description('Measure Holdfast and other pools, with and without injected faults')
  .option('--quick', 'fewer cases, one round: just under two minutes on two free cores', false)
  .option('--case <names...>', `only these: ${CASES.map(({ name }) => name).join(', ')}`)
  .option('--variant <text>', 'only variants whose name contains this')
  .option('--contender <names...>', `only these: ${[...CONTENDERS, ...REFERENCES].map(({ name }) => name).join(', ')}`)
  .option('--rounds <n>', 'rounds, each with every contender', whole)
  .option('--threads <n>', 'threads of each pool', whole, Math.min(2, availableParallelism()))
  .option('--seed <n>', 'seed of the faults', whole, 1)
  .option('--out <folder>', 'where the data and the page go', 'bench/results')
  .action(bench)
  .parseAsync();

import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Arguments } from './arguments.ts';
import { serve } from './job.ts';
import { runMany } from './many.ts';
import { simulate } from './simulation.ts';
import { FAULTS } from './world/faults.ts';
import { World } from './world/world.ts';

const USAGE = `One seed again, with its log:  npm run simulate -- --seed N [--size TASKS] [--quiet] [--climate]
Many seeds:                    npm run simulate -- [--seeds FROM-TO | --seeds COUNT] [--tasks N] [--jobs J] [--first] [--size TASKS] [--elastic]
  --seeds   which; a COUNT begins anywhere. Default 100.
  --tasks   goes on, beyond those seeds, until so many tasks have been simulated
  --jobs    processes side by side. Default 1.
  --first   ends at the first violation
  --elastic only seeds in which the pool grows and shrinks
  --size    tasks of a seed, instead of the number that it draws
  --audit   events between two looks through the whole state, besides as many as there are open tasks. Default 16.`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string' },
    tasks: { type: 'string' },
    jobs: { type: 'string', default: '1' },
    size: { type: 'string' },
    audit: { type: 'string', default: '16' },
    patience: { type: 'string', default: '300' },
    first: { type: 'boolean', default: false },
    elastic: { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
    climate: { type: 'boolean', default: false },
    job: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const given = new Arguments(values, USAGE);

function replay(seed: number): void {
  const write = values.quiet ? undefined : (line: string): void => console.log(line);
  const report = simulate({ seed, tasks: given.number('size'), write });
  console.log(report);
  if (values.climate) console.log(JSON.stringify(new World({ seed }).climate, null, 1));
  process.exitCode = report.violation === undefined ? 0 : 1;
}

if (values.help) console.log(USAGE);
else if (values.job) serve(simulate);
else {
  const seed = given.number('seed');
  // A simulation has to begin in a callback of the event loop.
  if (seed !== undefined) setImmediate(() => replay(seed));
  else {
    const { from, to } = given.seeds();
    const [tasks, size] = [given.number('tasks'), given.number('size')];
    const program = { main: fileURLToPath(import.meta.url), command: 'npm run simulate --', faults: FAULTS };
    const options = { ...program, from, to, tasks, jobs: given.number('jobs')!, patience: given.number('patience')!, first: values.first };
    const wants = values.elastic ? (seed: number): boolean => new World({ seed }).elastic !== undefined : undefined;
    process.exitCode =
      (await runMany({ ...options, ...(wants && { wants }), seed: { tasks: size, auditEvery: given.number('audit')! } })) === 0 ? 0 : 1;
  }
}

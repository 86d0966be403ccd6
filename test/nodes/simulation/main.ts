import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Arguments } from '../../simulation/arguments.ts';
import { serve } from '../../simulation/job.ts';
import { runMany } from '../../simulation/many.ts';
import { FRAME_FAULTS, WEATHER } from './climate.ts';
import { simulate } from './simulation.ts';

const USAGE = `One seed again, with its log:  npm run simulate:nodes -- --seed N [--size TASKS] [--quiet]
Many seeds:                    npm run simulate:nodes -- [--seeds FROM-TO | --seeds COUNT] [--tasks N] [--jobs J] [--first]
  --seeds   which; a COUNT begins anywhere. Default 100.
  --tasks   goes on, beyond those seeds, until so many tasks have been simulated
  --jobs    processes side by side. Default 1.
  --first   ends at the first violation
  --size    tasks of a seed, instead of the number that it draws`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string', default: '100' },
    tasks: { type: 'string' },
    jobs: { type: 'string', default: '1' },
    size: { type: 'string' },
    patience: { type: 'string', default: '300' },
    first: { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
    job: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const given = new Arguments(values, USAGE);

function replay(seed: number): void {
  const write = values.quiet ? undefined : (line: string): void => console.log(line);
  const report = simulate({ seed, tasks: given.number('size'), write });
  console.log(report);
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
    const program = { main: fileURLToPath(import.meta.url), command: 'npm run simulate:nodes --', faults: [...WEATHER, ...FRAME_FAULTS] };
    const options = {
      ...program,
      from,
      to,
      tasks: given.number('tasks'),
      jobs: given.number('jobs')!,
      patience: given.number('patience')!,
      first: values.first,
    };
    process.exitCode = (await runMany({ ...options, seed: { tasks: given.number('size'), auditEvery: 1 } })) === 0 ? 0 : 1;
  }
}

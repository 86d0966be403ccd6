import { simulate } from './simulation.ts';
import { World } from './world.ts';

const args = process.argv.slice(2);
const number = (name: string): number | undefined => {
  const at = args.indexOf(`--${name}`);
  return at < 0 ? undefined : Number(args[at + 1]);
};

setImmediate(() => {
  const seed = number('seed');
  if (seed !== undefined) {
    const report = simulate({ seed, tasks: number('size'), auditEvery: 1, write: (line) => console.log(line) });
    console.log(report);
    if (args.includes('--climate')) console.log(JSON.stringify(drawClimateOf(seed), null, 1));
    process.exitCode = report.violation === undefined ? 0 : 1;
    return;
  }
  const from = number('from') ?? Math.floor(Math.random() * 1e9);
  const seeds = number('seeds') ?? 100;
  const begun = performance.now();
  let tasks = 0;
  let events = 0;
  let bad = 0;
  for (let i = 0; i < seeds; i++) {
    const at = performance.now();
    const report = simulate({ seed: from + i, tasks: number('size'), auditEvery: number('audit') ?? 16 });
    tasks += report.tasks;
    events += report.events;
    const took = performance.now() - at;
    if (took > (number('slow') ?? 2000))
      console.log(`seed ${report.seed} took ${took.toFixed(0)} ms: ${report.tasks} tasks, ${report.events} events`);
    if (report.violation !== undefined) {
      bad++;
      console.log(`seed ${report.seed}: ${report.violation.split('\n').slice(0, 4).join('\n')}`);
    }
  }
  const seconds = (performance.now() - begun) / 1000;
  console.log(
    `${seeds} seeds, ${tasks} tasks, ${events} events, ${bad} violations, ${seconds.toFixed(1)} s, ${(tasks / seconds).toFixed(0)} tasks/s`,
  );
});

function drawClimateOf(seed: number): unknown {
  return new World({ seed }).climate;
}

// npm run bench:paired: contenders in turn, a slice of a second or so each, and ratios with their confidence.
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { goalsOf, shortLinesOf, tableOf } from './report.ts';
import { playRounds, type Round } from './ring.ts';
import { SCENES } from './scenes.ts';

interface Options {
  readonly scene?: string[];
  readonly rounds: number;
  readonly slice: number;
  readonly threads: number;
  readonly resume: boolean;
  readonly out: string;
}

const whole = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Expected a whole number above 0.');
  return value;
};

async function paired(options: Options): Promise<void> {
  const names = SCENES.map(({ name }) => name);
  const strange = options.scene?.find((name) => !names.includes(name));
  if (strange !== undefined) throw new Error(`Expected a scene: ${names.join(', ')}. Got ${strange}.`);
  const scenes = SCENES.filter(({ name }) => options.scene?.includes(name) ?? true);
  mkdirSync(options.out, { recursive: true });
  const file = join(options.out, 'paired.ndjson');
  if (!options.resume) rmSync(file, { force: true });
  // A line that was being written when a run was stopped is not whole.
  const lines = existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line.endsWith('}'))
    : [];
  const rounds = lines.map((line) => JSON.parse(line) as Round).filter(({ node }) => node === process.version);
  for (const scene of scenes) {
    const left = options.rounds - rounds.filter((round) => round.scene === scene.name).length;
    if (left <= 0) continue;
    await playRounds(scene, {
      rounds: left,
      ms: options.slice,
      threads: options.threads,
      done: (round) => {
        rounds.push(round);
        appendFileSync(file, `${JSON.stringify(round)}\n`);
        process.stderr.write('.');
      },
    });
    process.stderr.write(` ${scene.name}\n`);
  }
  const played = scenes.map((scene) =>
    tableOf(
      scene,
      rounds.filter((round) => round.scene === scene.name),
    ),
  );
  const machine = `Node ${process.version}, ${options.threads} threads a pool, ${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'}).`;
  const report = [machine, ...played, goalsOf(scenes, rounds)].join('\n\n');
  const short = [
    shortLinesOf(scenes, rounds),
    `Right results, with the interval in which the ratio lies with 95 % confidence. ${machine} \`npm run bench:paired\` measures it again, beside other pools too:\n` +
      '[all tables, goals met and missed](docs/benchmark.md).',
  ].join('\n\n');
  writeFileSync(join(options.out, 'paired.json'), JSON.stringify({ short, tables: report }));
  writeFileSync(join(options.out, 'paired.md'), `${report}\n`);
  console.log(report);
}

await new Command('bench:paired')
  .description('Compare contenders in interleaved slices: paired ratios with 95 % confidence, of speed and of CPU time')
  .option('--scene <names...>', `only these: ${SCENES.map(({ name }) => name).join(', ')}`)
  .option('--rounds <n>', 'rounds of each scene, in each of which everybody has two slices', whole, 10)
  .option('--slice <ms>', 'length of a slice in milliseconds', whole, 1000)
  .option('--threads <n>', 'threads of each pool', whole, Math.min(2, availableParallelism()))
  .option('--resume', 'go on with the rounds of the last run', false)
  .option('--out <folder>', 'where the rounds and the tables go', 'bench/results')
  .action(paired)
  .parseAsync();

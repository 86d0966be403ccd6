import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { holdfast, indexesOf, MAIN, managerOf, range, scratch, TASK } from '../command.ts';

/** A state in which a job has nothing on its way, and is held up by what may last forever. */
export interface Scene {
  readonly state: string;
  /** Shell line that is run with `$run` as the start of the command. */
  readonly line: string;
  /** File that says, once it is there, that the job has come so far. */
  readonly sign: string;
  /** The manager is stopped (SIGSTOP), as by a debugger or `kill -STOP`. */
  readonly stopped?: boolean;
  /** No process may be left to replace the manager. */
  readonly once?: boolean;
}

const PIPE = 'mkfifo in; (echo \'{"n":1}\'; sleep 600) > in & exec $run in -o out.ndjson';

export const SCENES: readonly Scene[] = [
  { state: 'reading a silent pipe with a name', line: PIPE, sign: 'out.ndjson' },
  { state: 'reading a pipe that nobody writes', line: 'mkfifo in; exec $run in -o out.ndjson', sign: 'out.ndjson.job' },
  {
    state: 'reading silent standard input',
    line: '(echo \'{"n":1}\'; sleep 600) | exec $run - -o out.ndjson',
    sign: 'out.ndjson',
    once: true,
  },
  {
    state: 'writing to a pipe that nobody reads',
    line: 'mkfifo out; exec $run in.ndjson -o out --failed failed',
    sign: 'failed.lock',
  },
  {
    state: 'writing to standard output whose reader takes nothing',
    line: 'exec $run big.ndjson -o - --failed failed | sleep 600',
    sign: 'failed.lock',
    once: true,
  },
  { state: 'stopped, reading a silent pipe', line: PIPE, sign: 'out.ndjson', stopped: true },
  {
    state: 'stopped, in cells',
    line: PIPE.replace('$run', '$run --isolation process'),
    sign: 'out.ndjson',
    stopped: true,
  },
];

async function untilThere(path: string): Promise<void> {
  while (!existsSync(path)) await sleep(5);
}

/** The processes of a run, children of its children included, by a mark in what they have inherited. */
function processesOf(mark: string): number[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(mark) ? [Number(pid)] : [];
    } catch {
      return []; // It has ended in between.
    }
  });
}

/** A job that is held up. */
export interface HeldUp {
  readonly cwd: string;
  readonly manager: number;
  readonly commandLine: number;
  /** The output whose lock the manager has. */
  readonly output: string;
  /** What is left of it. */
  left(): number[];
}

function begin(t: TestContext, cwd: string, line: string, mark: string): ChildProcess {
  const run = `env HELD_UP=${mark} '${process.execPath}' '${MAIN}' run '${TASK}' --threads 1`;
  const shell = spawn('bash', ['-c', line.replaceAll('$run', run)], { cwd, stdio: ['ignore', 'ignore', 'ignore'], detached: true });
  t.after(() => {
    try {
      process.kill(-shell.pid!, 'SIGKILL');
    } catch {
      // All of it has ended.
    }
  });
  return shell;
}

/** Process id of the command line: the parent of the manager. */
function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]);
}

/** Begins a job, and waits until it is held up, or `wait` milliseconds on the way there. */
export async function holdUp(t: TestContext, { line, sign, stopped }: Scene, wait: number = 300): Promise<HeldUp> {
  const cwd = scratch(t);
  const mark = randomUUID();
  writeFileSync(join(cwd, 'in.ndjson'), '{"n":1}\n');
  writeFileSync(
    join(cwd, 'big.ndjson'),
    range(20_000)
      .map((n) => `{"n":${n}}\n`)
      .join(''),
  );
  begin(t, cwd, line, mark);
  await untilThere(join(cwd, sign));
  const output = join(cwd, sign.startsWith('out.ndjson') ? 'out.ndjson' : 'failed');
  const manager = managerOf(output)!;
  const commandLine = parentOf(manager);
  await sleep(wait);
  if (stopped) process.kill(manager, 'SIGSTOP');
  return { cwd, manager, commandLine, output, left: () => processesOf(mark) };
}

/** Milliseconds until nothing of it is left. */
export async function untilGone(job: HeldUp): Promise<number> {
  const began = performance.now();
  while (job.left().length > 0) await sleep(5);
  return performance.now() - began;
}

/** Ends the command line of a job that is held up. Resolves with the milliseconds until nothing of it was left. */
export async function endHeldUp(t: TestContext, scene: Scene, signal: NodeJS.Signals, wait?: number): Promise<number> {
  const job = await holdUp(t, scene, wait);
  process.kill(job.commandLine, signal);
  const took = await untilGone(job);
  if (signal !== 'SIGKILL') assert.ok(!existsSync(`${job.output}.lock`), 'the lock is given back');
  await goesOn(job);
  return took;
}

/** What stands in the files is taken up by the next run: every line once. */
export async function goesOn({ cwd, output }: HeldUp): Promise<void> {
  if (!output.endsWith('out.ndjson')) return;
  writeFileSync(join(cwd, 'whole.ndjson'), '{"n":1}\n{"n":2}\n{"n":3}\n');
  const { code, stderr } = await holdfast(['run', TASK, 'whole.ndjson', '-o', 'out.ndjson', '--threads', '1', '--resume'], { cwd });
  assert.equal(code, 0, stderr);
  assert.deepEqual(indexesOf(output).sort(), range(3));
}

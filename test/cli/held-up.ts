import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startOf } from '../../src/batch/machine/processes.ts';
import { MAIN, managerOf, scratch, TASK } from './command.ts';

/** A state in which a job has nothing on its way, and is held up by what may last forever. */
export interface Scene {
  readonly state: string;
  /** Shell line that is run with `$run` as the start of the command. */
  readonly line: string;
  /** File that says, once it is there, that the job has come so far. */
  readonly sign: string;
}

export const SCENES: readonly Scene[] = [
  {
    state: 'reading a silent pipe with a name',
    line: 'mkfifo in; (echo \'{"n":1}\'; sleep 600) > in & exec $run in -o out.ndjson',
    sign: 'out.ndjson',
  },
  { state: 'reading a pipe that nobody writes', line: 'mkfifo in; exec $run in -o out.ndjson', sign: 'out.ndjson.job' },
  {
    state: 'reading silent standard input',
    line: '(echo \'{"n":1}\'; sleep 600) | exec $run - -o out.ndjson',
    sign: 'out.ndjson',
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
  },
];

async function untilThere(path: string): Promise<void> {
  while (!existsSync(path)) await sleep(5);
}

function begin(t: TestContext, cwd: string, line: string): ChildProcess {
  const run = `'${process.execPath}' '${MAIN}' run '${TASK}' --threads 1`;
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
  return Number(spawnSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' }).stdout);
}

/** Begins a job, waits until it is held up, and ends its command line. Resolves with the milliseconds until nothing of it was left. */
export async function endHeldUp(t: TestContext, { line, sign }: Scene, signal: NodeJS.Signals): Promise<number> {
  const cwd = scratch(t);
  writeFileSync(join(cwd, 'in.ndjson'), '{"n":1}\n');
  writeFileSync(join(cwd, 'big.ndjson'), Array.from({ length: 20_000 }, (_, n) => `{"n":${n}}\n`).join(''));
  begin(t, cwd, line);
  await untilThere(join(cwd, sign));
  const output = join(cwd, sign.startsWith('out.ndjson') ? 'out.ndjson' : 'failed');
  const manager = managerOf(output)!;
  // Time for the job to be held up where it will be; earlier, the end is the same.
  await sleep(300);
  const began = performance.now();
  process.kill(parentOf(manager), signal);
  while (startOf(manager) !== undefined) await sleep(5);
  const took = performance.now() - began;
  if (signal !== 'SIGKILL') assert.ok(!existsSync(`${output}.lock`), 'the lock is given back');
  return took;
}

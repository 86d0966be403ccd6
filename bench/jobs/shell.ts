import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';

/** What one command line has cost, and what it said. */
export interface Ran {
  readonly seconds: number;
  /** Summed over all its processes. */
  readonly cpuSeconds: number;
  /** Exit code, or what ended it. */
  readonly exit: string;
  readonly said: string;
}

/** Runs a line in the current directory; what has not ended after `limit` seconds is killed, with all that it has started. */
export async function runShell(line: string, env: NodeJS.ProcessEnv, limit: number): Promise<Ran> {
  for (const name of ['said', 'times']) rmSync(name, { force: true });
  const timed = `TIMEFORMAT='%U %S'; set -o pipefail; { time { ${line}; } 2>>said; } 2>times`;
  const began = performance.now();
  const shell = spawn('bash', ['-c', timed], { env, stdio: 'ignore', detached: true });
  let stopped = false;
  const timer = setTimeout(() => {
    stopped = true;
    // With SIGTERM bash would not tell what it has cost; its children are killed with it.
    process.kill(-shell.pid!, 'SIGKILL');
  }, limit * 1_000);
  const code = await new Promise<number | null>((resolve) => shell.once('exit', resolve));
  clearTimeout(timer);
  const seconds = (performance.now() - began) / 1_000;
  const [user = 0, system = 0] = readFileSync('times', 'utf8').trim().split(/\s+/).slice(-2).map(Number);
  return {
    seconds,
    cpuSeconds: stopped ? Number.NaN : user + system,
    exit: stopped ? `killed after ${limit} s` : String(code),
    said: readFileSync('said', 'utf8'),
  };
}

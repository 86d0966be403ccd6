import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { BatchInput } from '../fixtures/batch/batch-task.ts';

/** The compiled command line. */
export const MAIN: string = fileURLToPath(new URL('../../cli/main.js', import.meta.url));
/** The task module of the test jobs. */
export const TASK: string = fileURLToPath(new URL('../fixtures/batch/batch-task.js', import.meta.url));

/** A directory of its own for one test. */
export function scratch(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export interface CommandOptions {
  readonly cwd: string;
  readonly input?: string | Buffer;
  readonly env?: NodeJS.ProcessEnv;
  /** Where standard output goes, instead of into `stdout`. */
  readonly stdout?: number;
}

/** One call of `holdfast`. */
export class Holdfast {
  readonly process: ChildProcess;
  stdout = '';
  stderr = '';
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  #waiting: { pattern: RegExp; resolve: () => void }[] = [];

  constructor(args: readonly string[], options: CommandOptions) {
    const env = { ...process.env, ...options.env };
    delete env.NODE_OPTIONS;
    this.process = spawn(process.execPath, [MAIN, ...args], { cwd: options.cwd, env, stdio: ['pipe', options.stdout ?? 'pipe', 'pipe'] });
    this.process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    this.process.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      this.#look();
    });
    this.ended = new Promise((resolve) => this.process.once('close', (code, signal) => resolve({ code, signal })));
    this.process.stdin!.on('error', () => {});
    if (options.input !== undefined) this.process.stdin!.end(options.input);
  }

  /** Resolves once standard error holds `pattern`; rejects if the command ends without. */
  async says(pattern: RegExp): Promise<void> {
    const heard = new Promise<void>((resolve) => this.#waiting.push({ pattern, resolve }));
    this.#look();
    const silent = this.ended.then(() => {
      if (!pattern.test(this.stderr)) throw new Error(`It ended without saying ${pattern}:\n${this.stderr}`);
    });
    await Promise.race([heard, silent]);
  }

  #look(): void {
    const met = this.#waiting.filter(({ pattern }) => pattern.test(this.stderr));
    this.#waiting = this.#waiting.filter((one) => !met.includes(one));
    for (const { resolve } of met) resolve();
  }
}

/** Calls `holdfast` and waits for its end. */
export async function holdfast(
  args: readonly string[],
  options: CommandOptions,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const call = new Holdfast(args, { input: '', ...options });
  const { code } = await call.ended;
  return { code, stdout: call.stdout, stderr: call.stderr };
}

/** Process id of the manager that holds the output, if there is one. */
export function managerOf(out: string): number | undefined {
  try {
    return (JSON.parse(readFileSync(`${out}.lock`, 'utf8')) as { pid: number }).pid;
  } catch {
    return undefined;
  }
}

/** The records of a file of JSON lines. */
export function recordsOf<T = { index: number; value?: unknown; kind?: string }>(path: string): T[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.slice(0, -1).map((line) => JSON.parse(line) as T);
}

/** The indexes of a file of records, in the order of the file. */
export function indexesOf(path: string): number[] {
  return recordsOf(path).map(({ index }) => index);
}

/** 0, 1, 2 and so on, `count` of them. */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n);
}

export function writeInput(path: string, inputs: readonly BatchInput[]): void {
  writeFileSync(path, inputs.map((input) => `${JSON.stringify(input)}\n`).join(''));
}

/** Inputs that take `ms` milliseconds each. */
export function many(count: number, ms: number): BatchInput[] {
  return range(count).map((n) => ({ n, ms }));
}

/** `count` inputs, of which two in the middle wait for a file `gate`: two threads cannot be done before it is there. */
export function gated(count: number): BatchInput[] {
  return range(count).map((n) => (n === count / 2 || n === count / 2 + 1 ? { n, gate: 'gate' } : { n }));
}

/** Resolves once the file has that many bytes. */
export async function untilSize(path: string, bytes: number): Promise<void> {
  while (!existsSync(path) || statSync(path).size < bytes) await new Promise((resolve) => setTimeout(resolve, 5));
}

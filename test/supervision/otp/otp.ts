import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const JUDGE = fileURLToPath(new URL('../../../../test/supervision/otp/judge.erl', import.meta.url));

/** One Erlang machine, in which scenarios are played one after the other. */
export class Otp {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(process: ChildProcess) {
    this.#process = process;
    this.#lines = createInterface({ input: process.stdout! })[Symbol.asyncIterator]();
  }

  /** @returns the machine and its release, or why it cannot be used */
  static async start(): Promise<{ otp: Otp; release: string } | { missing: string }> {
    const load = `{ok, judge, B} = compile:file(${JSON.stringify(JUDGE)}, [binary]), code:load_binary(judge, "judge", B), judge:main().`;
    const process = spawn('erl', ['+S', '1:1', '+SDio', '1', '-noinput', '-eval', load], { stdio: ['pipe', 'pipe', 'inherit'] });
    const absent = new Promise<string>((resolve) => process.once('error', (error) => resolve(error.message)));
    const otp = new Otp(process);
    const first = await Promise.race([otp.#lines.next(), absent]);
    if (typeof first === 'string') return { missing: first };
    if (first.done) throw new Error('erl ended without a word');
    const release = /^ready (\d+)$/.exec(first.value)?.[1];
    if (release === undefined) throw new Error(`erl is installed, and cannot judge: ${first.value}`);
    return { otp, release };
  }

  /** @returns what was logged after the start and after each deed */
  async play(term: string): Promise<string[]> {
    this.#process.stdin!.write(term);
    const line = await this.#lines.next();
    if (line.done) throw new Error(`erl ended in the middle of ${term}`);
    return line.value.split('\t');
  }

  /** Ends the machine: without an input it halts. */
  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.stdin!.end();
    await ended;
  }
}

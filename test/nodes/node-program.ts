import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../cli/main.js', import.meta.url));

/** A node as a program of its own, as users start it. */
export class NodeProgram {
  readonly #child: ChildProcess;
  id = '';
  said = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** @param task file URL of its task module */
  static async start(url: string, task: URL, ...flags: string[]): Promise<NodeProgram> {
    const args = [MAIN, 'node', url, '--task', fileURLToPath(task), '--threads', '2', '--json', ...flags];
    const program = new NodeProgram(spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] }));
    const stdout = program.#child.stdout!.setEncoding('utf8');
    await new Promise<void>((resolve, reject) => {
      program.#child.once('exit', () => reject(new Error(`the node did not start: ${program.said}`)));
      stdout.on('data', (text: string) => {
        program.said += text;
        if (program.said.includes('"event":"up"')) resolve();
      });
    });
    program.id = (JSON.parse(program.said.split('\n')[0]!) as { node: string }).node;
    return program;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** What it says is read no more. */
  deafen(): void {
    this.#child.stdout!.destroy();
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async ended(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
    return this.#child.exitCode;
  }
}

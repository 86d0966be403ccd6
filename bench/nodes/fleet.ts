import { NodeProgram } from '../../test/nodes/node-program.ts';

/** Nodes as programs of their own on this machine, numbered; each that was killed is replaced by another of its number. */
export class NodeFleet {
  readonly #url: string;
  readonly #task: URL;
  readonly #flags: readonly string[];
  readonly #programs: NodeProgram[] = [];

  private constructor(url: string, task: URL, flags: readonly string[]) {
    this.#url = url;
    this.#task = task;
    this.#flags = flags;
  }

  /** @param flags of each `holdfast node` */
  static async start(url: string, task: URL, count: number, ...flags: string[]): Promise<NodeFleet> {
    const fleet = new NodeFleet(url, task, flags);
    for (let n = 0; n < count; n++) await fleet.#begin(n);
    return fleet;
  }

  idOf(number: number): string {
    return this.#programs[number]!.id;
  }

  /** @param stops it first, so that its end is noticed only by its silence */
  strike(number: number, signal: 'SIGKILL' | 'SIGSTOP'): void {
    this.#programs[number]!.kill(signal);
  }

  async replace(number: number): Promise<void> {
    this.#programs[number]!.kill('SIGKILL');
    await this.#programs[number]!.ended();
    await this.#begin(number);
  }

  async end(): Promise<void> {
    for (const program of this.#programs) program.kill('SIGKILL');
    await Promise.all(this.#programs.map((program) => program.ended()));
  }

  async #begin(number: number): Promise<void> {
    this.#programs[number] = await NodeProgram.start(this.#url, this.#task, ...this.#flags);
  }
}

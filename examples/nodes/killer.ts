import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** Nodes of which now and then one is killed, and another is started in its place. */
export class Killer {
  readonly #start: () => Promise<ChildProcess>;
  readonly #nodes: ChildProcess[] = [];
  #kills = 0;

  constructor(start: () => Promise<ChildProcess>) {
    this.#start = start;
  }

  get kills(): number {
    return this.#kills;
  }

  async add(count: number): Promise<void> {
    this.#nodes.push(...(await Promise.all(Array.from({ length: count }, () => this.#start()))));
  }

  /** Kills (`kill -9`) one after another until `work` is done, or this many are dead. @param every milliseconds from one to the next, on average */
  async during(work: Promise<unknown>, most: number, every: number): Promise<void> {
    const over = work.then(
      () => true,
      () => true,
    );
    while (this.#kills < most && !(await Promise.race([over, sleep(every * (0.5 + Math.random()), false)]))) {
      const node = this.#nodes.shift()!;
      const gone = once(node, 'exit');
      node.kill('SIGKILL');
      await gone;
      this.#kills++;
      this.#nodes.push(await this.#start());
    }
  }
}

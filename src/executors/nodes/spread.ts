import type { Domain } from '../executor.ts';

/** Where copies of a task go: never to one domain twice (`require`), or only if there is no other (`prefer`). */
export class Spread {
  readonly #rule: 'prefer' | 'require';
  readonly #live: () => Iterable<string>;
  readonly #shared: () => void;
  readonly #domains = new Map<string, Domain>();

  /**
   * @param live the domains that have threads of the pool now
   * @param shared a copy had to go to a domain in which another had run
   */
  constructor(rule: 'prefer' | 'require', live: () => Iterable<string>, shared: () => void) {
    this.#shared = shared;
    this.#rule = rule;
    this.#live = live;
  }

  domain(name: string): Domain {
    const known = this.#domains.get(name);
    if (known !== undefined) return known;
    const domain: Domain = {
      name,
      admits: (used) => !used.includes(name) || (this.#rule === 'prefer' && !this.#others(used)),
      shared: this.#shared,
    };
    this.#domains.set(name, domain);
    return domain;
  }

  /** Whether there is a domain that has none of them. */
  #others(used: readonly string[]): boolean {
    for (const name of this.#live()) if (!used.includes(name)) return true;
    return false;
  }
}

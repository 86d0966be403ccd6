/** Reads the arguments of a simulation's command line. What is wrong ends the program, with its usage. */
export class Arguments {
  readonly #values: Readonly<Record<string, string | boolean | undefined>>;
  readonly #usage: string;

  constructor(values: Readonly<Record<string, string | boolean | undefined>>, usage: string) {
    this.#values = values;
    this.#usage = usage;
  }

  number(name: string): number | undefined {
    const text = this.#values[name];
    if (text === undefined) return undefined;
    const value = Number(text);
    return Number.isInteger(value) && value >= 0 ? value : this.#refuse(`--${name}: Expected a whole number. Got ${text}.`);
  }

  /** The option `seeds`: FROM-TO, or a number of seeds, which begin anywhere. */
  seeds(): { from: number; to: number } {
    const text = String(this.#values.seeds ?? '100');
    const [, first, , last] = /^(\d+)(-(\d+))?$/.exec(text) ?? [];
    if (first === undefined) return this.#refuse(`--seeds: Expected FROM-TO or a number of seeds. Got ${text}.`);
    if (last !== undefined) return { from: Number(first), to: Number(last) };
    const from = Math.floor(Math.random() * 1e9);
    return { from, to: from + Number(first) - 1 };
  }

  #refuse(why: string): never {
    console.error(`${why}\n\n${this.#usage}`);
    process.exit(2);
  }
}

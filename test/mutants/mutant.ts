import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/** A protection that is switched off, as a change to the text of the compiled code. */
export interface Mutation {
  readonly name: string;
  /** Below `dist/src`. */
  readonly file: string;
  readonly find: string;
  readonly put: string;
  /** The seed at which the hunt begins. What is rare begins where it once was found: its reason is looked at, not how often it comes. Default 1. */
  readonly from?: number;
}

const dist = new URL('../../', import.meta.url);

/** The compiled file that a mutation changes, if the text is there that it wants to change. */
export function textOf({ file, find }: Mutation): string | undefined {
  const text = readFileSync(new URL(`src/${file}`, dist), 'utf8');
  return text.includes(find) ? text : undefined;
}

/** A copy of the compiled code and of some tests, in which one protection after the other is missing. */
export class Mutant {
  readonly place: URL;
  readonly #tests: readonly string[];

  /** @param tests folders and files below `dist/test` */
  constructor(name: string, tests: readonly string[]) {
    // Within the project, so that its packages are found, and in a package of its own, which nothing else there takes for its own.
    this.place = new URL(`../.cache/${name}/dist/`, dist);
    this.#tests = tests;
  }

  /** @throws {Error} if the text is not there: the mutation says nothing any more, and has to be written anew */
  become(mutation: Mutation): void {
    const text = textOf(mutation);
    const { name, file, find, put } = mutation;
    if (text === undefined) throw new Error(`${name}: Expected dist/src/${file} to hold the text below. It does not.\n${find}`);
    this.gone();
    mkdirSync(this.place, { recursive: true });
    for (const part of ['src', ...this.#tests.map((one) => `test/${one}`)])
      cpSync(new URL(part, dist), new URL(part, this.place), { recursive: true });
    cpSync(new URL('../package.json', dist), new URL('../package.json', this.place)); // Where the copy believes its package to be.
    writeFileSync(new URL(`src/${file}`, this.place), text.replaceAll(find, put));
  }

  gone(): void {
    rmSync(new URL('..', this.place), { recursive: true, force: true });
  }
}

/** What one hunt for a mutation found: how much it took, and what was said. `undefined`: no check noticed. */
export type Hunt = (mutation: Mutation) => Promise<{ readonly took: number; readonly said: string } | undefined>;

/** Hunts for each of the mutations, prints a table, and leaves with exit code 1 if one was not noticed. */
export async function huntAll(mutations: readonly Mutation[], mutant: Mutant, unit: string, hunt: Hunt): Promise<void> {
  const missed: string[] = [];
  console.log(`| mutation | ${unit} | what was noticed first |\n|---|---:|---|`);
  for (const mutation of mutations) {
    mutant.become(mutation);
    const found = await hunt(mutation);
    if (found === undefined) missed.push(mutation.name);
    const { from } = mutation;
    const took = found === undefined ? '–' : `${found.took}${from === undefined ? '' : `, from ${from}`}`;
    console.log(`| ${mutation.name} | ${took} | ${found?.said ?? '**nothing**'} |`);
  }
  mutant.gone();
  if (missed.length === 0) return;
  console.error(`Nobody noticed: ${missed.join(', ')}. A check is missing, or the protection is not needed.`);
  process.exitCode = 1;
}

import type { Command } from 'commander';

export interface CommandEntry {
  /** One line of the list that `holdfast --help` shows. */
  readonly summary: string;
  /** Loads the command's own file, which makes its options and its help. */
  load(): Promise<() => Command>;
}

/** Every subcommand. Each lives in a file of its own and is loaded only when it is called. */
export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  run: {
    summary: 'run a task over every line of a file, crash-safe',
    load: async () => (await import('./run/command.ts')).runCommand,
  },
  tree: {
    summary: 'show the threads and processes of a run that is under way',
    load: async () => (await import('./tree.ts')).treeCommand,
  },
  bench: {
    summary: 'try a task with and without crashes: what is left, with which settings',
    load: async () => (await import('./bench/command.ts')).benchCommand,
  },
  node: {
    summary: 'lend threads of this machine to pools on other machines',
    load: async () => (await import('./node/command.ts')).nodeCommand,
  },
  plan: {
    summary: 'calculate what a system loses, waits for and needs',
    load: async () => (await import('./plan/command.ts')).planCommand,
  },
};

#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { COMMANDS } from './commands.ts';
import { EXIT } from './exit-codes.ts';

function version(): string {
  const manifest = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

async function program(wanted: string | undefined): Promise<Command> {
  const root = new Command('holdfast')
    .description('Runs tasks in threads that may die.')
    .version(version(), '-V, --version')
    .enablePositionalOptions() // What follows the name of a command is the command's own.
    .exitOverride()
    .configureHelp({ showGlobalOptions: false })
    .showHelpAfterError('(holdfast --help shows how it is called)');
  for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
    // Only the command that was asked for is loaded; of the others the list shows a line.
    const command = name === wanted ? (await load())() : new Command(name).description(summary);
    root.addCommand(command.exitOverride().summary(summary));
  }
  return root;
}

async function main(argv: readonly string[]): Promise<void> {
  const root = await program(argv.find((arg) => Object.hasOwn(COMMANDS, arg)));
  try {
    if (argv.length === 0) root.help({ error: true });
    await root.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version were asked for and are no error; everything else has been explained on standard error.
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
  }
}

await main(process.argv.slice(2));

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { resolveJob } from '../../src/batch/options.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { runCommand } from '../../src/cli/run/command.ts';
import { codes, page, rows } from '../docs/markdown.ts';

const cli = page('docs/cli.md');
const batch = page('docs/batch.md');
const documented = (text: string | undefined): string[] => codes(text).sort();

describe('docs/cli.md', () => {
  it('has every subcommand, and no other', () => {
    const found = rows(cli).flatMap((row) => codes(row.command));
    assert.deepEqual(
      found,
      Object.keys(COMMANDS).map((name) => `holdfast ${name}`),
    );
  });

  it('has every flag of holdfast run, and no other', () => {
    const flags = runCommand().options.map(({ long }) => long!);
    assert.deepEqual(
      rows(cli)
        .flatMap((row) => documented(row.flag))
        .sort(),
      [...flags, '--help'].sort(),
    );
  });

  it('has every exit code, and no other', () => {
    const found = rows(cli, 'Exit codes').map((row) => Number(row['exit code']));
    assert.deepEqual(
      found,
      Object.values(EXIT).sort((a, b) => a - b),
    );
  });
});

describe('docs/batch.md', () => {
  it('has every option of a job, and no other', () => {
    const { pool: _, inputs: __, failedFrom: ___, ...job } = resolveJob({ filename: 'x', input: 'x', out: 'x' });
    const found = rows(batch, 'Options').flatMap((row) => documented(row.option));
    assert.deepEqual(found.sort(), [...Object.keys(job), 'input'].sort());
  });

  it('has every code of a BatchError among what can go wrong, or says that it is an option', () => {
    const told = rows(batch, 'When something goes wrong').flatMap((row) => codes(row['what you see']));
    assert.ok(told.filter((code) => code.startsWith('ERR_BATCH_')).length >= 12);
  });
});

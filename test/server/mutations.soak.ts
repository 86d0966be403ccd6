import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { MUTATIONS, type Mutation } from './world/mutations.ts';

const dist = fileURLToPath(new URL('../../', import.meta.url));

/** Runs the simulation on a copy of the compiled code. */
function noticed(
  { mode, seeds = 40, messages = 300 }: Mutation,
  edits: (src: string) => void,
): { readonly status: number | null; readonly said: string } {
  const copy = mkdtempSync(join(dist, 'mutant-'));
  try {
    cpSync(join(dist, 'src'), join(copy, 'src'), { recursive: true });
    cpSync(join(dist, 'test/server/world'), join(copy, 'test/server/world'), { recursive: true });
    edits(join(copy, 'src/server'));
    const main = join(copy, 'test/server/world/main.js');
    const { status, stderr } = spawnSync(
      process.execPath,
      [main, '--seeds', String(seeds), '--messages', String(messages), '--mode', mode],
      {
        encoding: 'utf8',
        timeout: 300_000,
      },
    );
    return { status, said: /AssertionError[^\n]*/.exec(stderr)?.[0] ?? stderr.slice(0, 300) };
  } finally {
    rmSync(copy, { recursive: true });
  }
}

for (const mutation of MUTATIONS) {
  const { name, edits } = mutation;
  test(`the simulation notices when ${name}`, () => {
    const { status, said } = noticed(mutation, (src) => {
      for (const { file, from, to } of edits) {
        const text = readFileSync(join(src, file), 'utf8');
        assert.ok(text.includes(from), `${file} has no ${from} any more`);
        writeFileSync(join(src, file), text.replace(from, to));
      }
    });
    assert.notEqual(status, 0, 'nobody noticed');
    assert.match(said, /AssertionError/);
    console.log(`${name}: ${said}`);
  });
}

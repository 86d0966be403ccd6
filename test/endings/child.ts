import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export type Program = 'exits' | 'closes' | 'forgets';

/**
 * Plays stories of a program in test/fixtures/endings one after the other, in a process of their own, and returns what it printed. The process
 * must end by itself, with nothing to complain about; if it does not, the time limit of the test runner ends it, and this one with it.
 */
export async function play(program: Program, stories: readonly string[]): Promise<unknown> {
  const file = fileURLToPath(new URL(`../fixtures/endings/${program}.js`, import.meta.url));
  const child = spawn(process.execPath, ['--expose-gc', '--disable-warning=ExperimentalWarning', file, JSON.stringify(stories)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const gone = () => child.kill('SIGKILL');
  process.once('exit', gone);
  const texts = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<void>((resolve) => child.on('close', () => resolve())),
  ]);
  process.off('exit', gone);
  assert.equal(texts[1], '', `${program} ${stories}: nothing on stderr`);
  assert.deepEqual([child.exitCode, child.signalCode], [0, null], `${program} ${stories}: it ended by itself`);
  return JSON.parse(texts[0]);
}

async function text(stream: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString();
}

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { first, further } from '../../soak.ts';

const program = fileURLToPath(new URL('../../fixtures/programs/printing-program.js', import.meta.url));

function start(t: TestContext, isolation: string, lines: number) {
  const child = spawn(process.execPath, [program, isolation, String(lines)], { stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  return child;
}

/** All lines of that name, in their order. */
const expected = (name: string, lines: number, times = 1): string[] =>
  Array.from({ length: times }, () => Array.from({ length: lines }, (_, i) => `${name} ${i}`)).flat();

for (const isolation of first(1, ['process', 'thread'])) {
  test(`what a task has printed is out before its pool is closed, its thread recycled, or ended by force (${isolation})`, async (t) => {
    const printed = (await text(start(t, isolation, 5_000).stdout)).split('\n');
    const of = (name: string): string[] => printed.filter((line) => line.startsWith(name));
    assert.deepEqual(of('many'), expected('many', 5_000));
    assert.deepEqual(of('few'), expected('few', 10));
    assert.deepEqual(of('recycled'), expected('recycled', 10, 10));
    assert.deepEqual(of('looping'), expected('looping', 10));
  });
}

further('a pool closes in time although nobody reads what its cells have printed', async (t) => {
  const child = start(t, 'process', 20_000);
  const [said] = (await once(child.stderr, 'data')) as [Buffer];
  assert.equal(String(said), 'closed\n');
  assert.equal(child.stdout.readableFlowing, null, 'nobody has read');
});

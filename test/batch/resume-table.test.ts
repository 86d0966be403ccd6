import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { BatchError } from '../../src/batch/errors.ts';
import { type Random, seeded } from '../../src/core/random.ts';
import { oneIn } from '../soak.ts';
import { outcomeOf, smallInput, smallTask } from './crash-stories.ts';
import { type Ending, World, type WorldOptions } from './world.ts';

const test = oneIn(2, import.meta.url);

const FILES = ['/out.ndjson', '/out.failed.ndjson'] as const;
const { text, tasks } = smallInput(60);
const longer = `${text}{"n":1000}\n{"n":1001}\n`;
const other = text.replace('"n":1,', '"n":9,');

/** How the input is given. */
type Kind = 'file' | 'gzip' | 'stdin';
/** What the second call names, by what stands there then. */
type Change = 'same' | 'renamed' | 'longer' | 'shorter' | 'other' | 'from a pipe' | 'packed';

/** `goes on`, perhaps with more lines than before; or the code with which it is refused. */
const EXPECTED: Record<Change, { readonly [kind in Kind]: 'goes on' | 'goes on with more' | 'refused' }> = {
  same: { file: 'goes on', gzip: 'goes on', stdin: 'goes on' },
  renamed: { file: 'goes on', gzip: 'goes on', stdin: 'goes on' },
  longer: { file: 'goes on with more', gzip: 'goes on with more', stdin: 'goes on with more' },
  shorter: { file: 'refused', gzip: 'refused', stdin: 'refused' },
  other: { file: 'refused', gzip: 'refused', stdin: 'refused' },
  'from a pipe': { file: 'goes on', gzip: 'refused', stdin: 'goes on' },
  packed: { file: 'refused', gzip: 'goes on', stdin: 'refused' },
};

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 700) yield bytes.subarray(at, at + 700);
}

const pack = (kind: Kind, ...texts: string[]): Buffer =>
  kind === 'gzip' ? Buffer.concat(texts.map((each) => gzipSync(each))) : Buffer.from(texts.join(''));

/** Gives `bytes` to a job under some name, or through standard input. */
function give(world: World, name: string, bytes: Buffer, options: WorldOptions, killAt?: number): Promise<Ending> {
  if (name !== '-') world.disk.put(name, bytes);
  return world.run({ sync: 'always', ...options, input: name }, killAt === undefined ? {} : { killAt }, once(bytes));
}

function second(kind: Kind, change: Change): { readonly name: string; readonly bytes: Buffer } {
  const name = kind === 'stdin' ? '-' : kind === 'gzip' ? '/in.ndjson.gz' : '/in.ndjson';
  const whole = pack(kind, text);
  switch (change) {
    case 'same':
      return { name, bytes: whole };
    case 'renamed':
      return { name: kind === 'stdin' ? '/in.ndjson' : name.replace('/in', '/elsewhere'), bytes: whole };
    case 'longer':
      return { name, bytes: pack(kind, text, longer.slice(text.length)) };
    case 'shorter':
      return { name, bytes: whole.subarray(0, Math.floor(whole.length / 8)) };
    case 'other':
      return { name, bytes: pack(kind, other) };
    case 'from a pipe':
      return { name: '-', bytes: Buffer.from(text) };
    case 'packed':
      return { name: '/in.ndjson.gz', bytes: kind === 'gzip' ? whole : pack('gzip', text) };
  }
}

/** A job that has ended, or was killed when some of it was on the disk. */
async function begun(random: Random, kind: Kind, how: 'ended' | 'killed'): Promise<World> {
  const { name, bytes } = second(kind, 'same');
  for (let killAt = 60; ; killAt += 10) {
    const world = new World(random, smallTask, '');
    const ending = await give(world, name, bytes, {}, how === 'killed' ? killAt : undefined);
    assert.notEqual(ending.how, 'failed');
    if (ending.how === 'ended' || JSON.parse(world.disk.get('/out.ndjson.job')?.toString() ?? '{}').synced?.results > 0) return world;
  }
}

async function checkRow(random: Random, kind: Kind, change: Change, how: 'ended' | 'killed'): Promise<void> {
  const first = second(kind, 'same');
  const world = await begun(random, kind, how);
  const whole = () => FILES.map((path) => world.disk.get(path)?.toString().split('\n').slice(0, -1));
  const before = whole();
  const { name, bytes } = second(kind, change);
  const ending = await give(world, name, bytes, { resume: true });
  const expected = EXPECTED[change][kind];
  if (expected === 'refused') {
    assert.equal(ending.how, 'failed', `${ending.how}: ${ending.notes.join()}`);
    const { code, message, phase } = (ending as Ending & { how: 'failed' }).error as BatchError;
    assert.deepEqual([code, phase], ['ERR_BATCH_INPUT_CHANGED', 'before']);
    assert.match(message, /is not the input that this job has begun with: .*Give it the same input again, or write to another output\.$/);
    assert.deepEqual(ending.pool?.ran, []);
    // A torn last record may have gone.
    assert.deepEqual(whole(), before);
    return;
  }
  if (ending.how === 'failed') throw ending.error;
  outcomeOf(world, tasks + (expected === 'goes on' ? 0 : 2), ...FILES);
  if (how === 'ended' && expected === 'goes on') assert.deepEqual(ending.pool?.ran, []);
  const told = ending.notes.some((note) => note.includes(' when this job began, and is '));
  assert.equal(told, name !== first.name, ending.notes.join());
}

for (const kind of ['file', 'gzip', 'stdin'] as const) {
  for (const change of Object.keys(EXPECTED) as Change[]) {
    test(`resuming a job over a ${kind}, ${change}: ${EXPECTED[change][kind]}`, async (t) => {
      const seed = randomInt(2 ** 31);
      t.diagnostic(`seed ${seed}`);
      const random = seeded(seed);
      for (const how of ['ended', 'killed'] as const) await checkRow(random, kind, change, how);
    });
  }
}

for (const [kind, name] of [
  ['file', '/more.ndjson'],
  ['gzip', '/more.ndjson.gz'],
  ['stdin', '-'],
] as const) {
  test(`several inputs in another order are another input, where one is a ${kind}`, async () => {
    const bytes = pack(kind, '{"n":4}\n');
    const world = new World(seeded(1), smallTask, text);
    if (name !== '-') world.disk.put(name, bytes);
    await world.run({ input: ['/in.ndjson', name] }, {}, once(bytes));
    const ending = await world.run({ input: [name, '/in.ndjson'], resume: true }, {}, once(bytes));
    assert.equal(((ending as Ending & { how: 'failed' }).error as BatchError).code, 'ERR_BATCH_INPUT_CHANGED');
    assert.deepEqual(ending.pool?.ran, []);
    const same = await world.run({ input: ['/in.ndjson', name], resume: true }, {}, once(bytes));
    assert.deepEqual([same.how, same.pool?.ran], ['ended', []]);
  });
}

test('a job that had not begun takes whatever input the next call names', async () => {
  const world = new World(seeded(1), smallTask, text);
  await world.run({});
  const { holdfast, identity } = JSON.parse(world.disk.get('/out.ndjson.job')!.toString());
  world.disk.put('/out.ndjson.job', JSON.stringify({ holdfast, state: 'starting', identity }));
  world.disk.put('/other.ndjson', '{"n":1}\n');
  const ending = await world.run({ resume: true, input: '/other.ndjson' });
  assert.equal(ending.how, 'ended');
  outcomeOf(world, 1, ...FILES);
});

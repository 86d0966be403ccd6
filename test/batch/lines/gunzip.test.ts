import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { encodeMember } from '../../../src/batch/journal/gzip-member.ts';
import { gunzip } from '../../../src/batch/lines/gunzip.ts';
import { type Random, seeded } from '../../../src/core/random.ts';
import { draws, oneIn } from '../../soak.ts';

const test = oneIn(3, import.meta.url);

async function* inPieces(bytes: Buffer, random: Random): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + Math.floor(random() * random() * 5_000);
    yield bytes.subarray(at, end);
    at = end;
  }
}

async function unpack(bytes: Buffer, random: Random): Promise<{ text: string; rest: number; error: string }> {
  const pieces: Buffer[] = [];
  let rest = 0;
  let error = '';
  try {
    for await (const piece of gunzip(inPieces(bytes, random), (length) => (rest += length))) pieces.push(piece);
  } catch (thrown) {
    error = (thrown as Error).message;
  }
  return { text: Buffer.concat(pieces).toString(), rest, error };
}

test('members are unpacked however they are cut, and whatever is behind them', async (t) => {
  const seed = randomInt(2 ** 31);
  t.diagnostic(`seed ${seed}`);
  const random = seeded(seed);
  for (let round = 0; round < draws(150); round++) {
    const texts = Array.from({ length: 1 + Math.floor(random() * 4) }, () => String(random()).repeat(Math.floor(random() * 5_000)));
    const members = await Promise.all(texts.map((text, i) => (i % 2 === 0 ? gzipSync(text) : encodeMember(Buffer.from(text)))));
    const packed = Buffer.concat(members);
    const text = texts.join('');
    assert.deepEqual(await unpack(packed, random), { text, rest: 0, error: '' });
    assert.deepEqual(await unpack(Buffer.concat([packed, Buffer.alloc(700)]), random), { text, rest: 0, error: '' });
    assert.deepEqual(await unpack(Buffer.concat([packed, Buffer.from('garbage')]), random), { text, rest: 7, error: '' });
    const torn = await unpack(packed.subarray(0, packed.length - 1 - Math.floor(random() * 8)), random);
    assert.equal(torn.error, 'unexpected end of file');
  }
});

test('a head with every field is skipped; what is wrong is told', async () => {
  const random = seeded(1);
  const body = gzipSync('text').subarray(10);
  const head = Buffer.from([0x1f, 0x8b, 8, 2 + 4 + 8 + 16, 0, 0, 0, 0, 0, 3, 2, 0, 1, 2, 97, 0, 98, 0, 9, 9]);
  assert.equal((await unpack(Buffer.concat([head, body]), random)).text, 'text');
  assert.match((await unpack(Buffer.from('plain text'), random)).error, /not packed with gzip/);
  const damaged = gzipSync('text');
  damaged[damaged.length - 6]! ^= 1;
  assert.equal((await unpack(damaged, random)).error, 'incorrect data check');
});

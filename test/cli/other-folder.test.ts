import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { further } from '../soak.ts';
import { holdfast, indexesOf, range, scratch, TASK } from './command.ts';

const LINES = '{"n":1}\n{"n":2}\n';
const MORE = '{"n":3}\n';

for (const [kind, name] of [
  ['file', 'in.ndjson'],
  ['gzip', 'in.ndjson.gz'],
  ['stdin', '-'],
] as const) {
  further(`a job over a ${kind} is taken up from another folder, where everything has other relative names`, async (t) => {
    const cwd = scratch(t);
    const folder = join(cwd, 'folder');
    mkdirSync(folder);
    const pack = (text: string) => (kind === 'gzip' ? gzipSync(text) : Buffer.from(text));
    const path = join(cwd, 'in.ndjson.gz'.slice(0, kind === 'gzip' ? undefined : -3));
    writeFileSync(path, pack(LINES));
    const call = (from: string, to: string) => {
      const input = name === '-' ? readFileSync(path) : '';
      const named = name === '-' ? '-' : `${to}${name}`;
      return holdfast(['run', TASK, named, '-o', `${to}out.ndjson`, '--threads', '1', '--resume'], { cwd: from, input });
    };
    const first = await call(cwd, '');
    assert.equal(first.code, 0, first.stderr);
    appendFileSync(path, pack(MORE));
    const second = await call(folder, '../');
    assert.equal(second.code, 0, second.stderr);
    assert.match(second.stderr, /from before\s+2/);
    assert.deepEqual(indexesOf(join(cwd, 'out.ndjson')).sort(), range(3));
  });
}

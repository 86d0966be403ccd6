import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type RealJob, resultOf } from '../job.ts';
import hash from '../tasks/hash.ts';

const MODULES = fileURLToPath(new URL('../../../../node_modules/', import.meta.url));

export const hashes: RealJob = {
  name: 'hashing files',
  about: '20,000 files below `node_modules`; two of the list are gone',
  prepare(scale) {
    const names = readdirSync(MODULES, { recursive: true, encoding: 'utf8' });
    const paths = names
      .map((name) => `node_modules/${name}`)
      .filter((path) => !path.includes('\n') && statSync(path, { throwIfNoEntry: false })?.isFile());
    const some = paths.slice(0, 20_000 * scale);
    const bad = ['gone-1.js', 'gone-2.js'];
    const lines = [...some.slice(0, some.length >> 1), ...bad, ...some.slice(some.length >> 1)];
    writeFileSync('files.txt', `${lines.join('\n')}\n`);
    const bytes = some.reduce((sum, path) => sum + statSync(path).size, 0);
    return { expected: new Map(some.map((path) => [path, hash(path)])), bad, bytes };
  },
  lines: {
    'holdfast run': 'holdfast run hash.js files.txt --lines -o out --overwrite',
    'GNU parallel': 'parallel -X sha256sum :::: files.txt > out',
    'xargs -P': "xargs -d '\\n' -P $(nproc) -n 200 sha256sum < files.txt > out",
    'plain loop': 'while read -r file; do sha256sum "$file"; done < files.txt > out',
  },
  read(line) {
    const [, sha256, id] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
    return id === undefined ? resultOf(line) : ({ id, sha256 } as { id: string });
  },
};

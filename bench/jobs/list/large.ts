import { closeSync, openSync, writeSync } from 'node:fs';
import type { Prepared, RealJob } from '../job.ts';
import summary from '../tasks/measurement.ts';

const measurement = (n: number) => ({
  id: `m${n}`,
  place: { name: `station ${n % 1_000}`, altitude: n % 3_000 },
  values: Array.from({ length: 24 }, (_, hour) => Math.round(1_000 * Math.sin(n + hour)) / 100),
});

/** Measurements until they have `size` bytes; those that `wanted` refuses have no result that is expected. */
function prepare(size: number, wanted: (max: number) => boolean): Prepared {
  const expected = new Map<string, unknown>();
  const file = openSync('measured.ndjson', 'w');
  let bytes = 0;
  for (let n = 1; bytes < size; ) {
    let text = '';
    for (const end = n + 1_000; n < end; n++) {
      const value = measurement(n);
      text += `${JSON.stringify(value)}\n`;
      const result = summary(value);
      if (wanted(result.max)) expected.set(value.id, result);
    }
    bytes += writeSync(file, text);
  }
  closeSync(file);
  return { expected, bad: [], bytes };
}

export const large: RealJob = {
  name: '200 MB',
  about: '200 MB of JSON lines, of which a short line each is wanted',
  prepare: (scale) => prepare(200e6 * scale, () => true),
  lines: {
    'holdfast run': 'holdfast run measurement.js measured.ndjson -o out --overwrite',
    'GNU parallel': 'parallel --pipepart -a measured.ndjson --block -1 node each-line.js measurement.js > out',
    'xargs -P': "xargs -d '\\n' -P $(nproc) -s 1900000 -n 5000 node each-argument.js measurement.js json < measured.ndjson > out",
    'plain loop': 'node each-line.js measurement.js < measured.ndjson > out',
  },
};

export const piped: RealJob = {
  name: 'a pipe into jq',
  about: '20 MB through standard input and output, and `jq` picks a part of the results',
  prepare: (scale) => prepare(20e6 * scale, (max) => max > 9.99),
  lines: {
    'holdfast run': "cat measured.ndjson | holdfast run measurement.js - -o - | jq -c '.value | select(.max > 9.99)' > out",
    'GNU parallel': "cat measured.ndjson | parallel --pipe --block 2M node each-line.js measurement.js | jq -c 'select(.max > 9.99)' > out",
    'xargs -P':
      "cat measured.ndjson | xargs -d '\\n' -P $(nproc) -s 1900000 -n 5000 node each-argument.js measurement.js json | jq -c 'select(.max > 9.99)' > out",
    'plain loop': "cat measured.ndjson | node each-line.js measurement.js | jq -c 'select(.max > 9.99)' > out",
  },
};

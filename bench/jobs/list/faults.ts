import { readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import type { Prepared, RealJob } from '../job.ts';

type Fault = 'crash once' | 'hang once' | 'kill' | undefined;

function prepare(count: number, faultOf: (n: number) => Fault): Prepared {
  const [expected, bad] = [new Map<string, unknown>(), [] as string[]];
  let text = '';
  for (let n = 1; n <= count; n++) {
    const [id, fault] = [`n${n}`, faultOf(n)];
    text += `${JSON.stringify({ id, ...(fault && { fault }) })}\n`;
    if (fault === 'kill') bad.push(id);
    else expected.set(id, { id, ms: 5 });
  }
  writeFileSync('work.ndjson', text);
  return { expected, bad, bytes: text.length };
}

/** Attempts leave a mark where they were struck. */
function again(): void {
  for (const name of readdirSync('.')) if (name.startsWith('struck-')) rmdirSync(name);
}

/** 0.5 % of the lines crash and 0.1 % hang, the first time that they are tried. */
export const faults: RealJob = {
  name: '0.5 % crashes, 0.1 % hangs',
  about: '1,000 lines of 5 ms; five crash their process (SIGSEGV) and one loops forever, each the first time that it is tried',
  prepare: () => prepare(1_000, (n) => (n % 1_000 === 500 ? 'hang once' : n % 200 === 99 ? 'crash once' : undefined)),
  lines: {
    'holdfast run': 'holdfast run strike.js work.ndjson --isolation process --timeout 5s -o out --overwrite',
    'GNU parallel': 'parallel --timeout 5 --retries 4 node each-argument.js strike.js json {} :::: work.ndjson > out',
    'xargs -P': "xargs -d '\\n' -P $(nproc) -n 1 timeout 5 node each-argument.js strike.js json < work.ndjson > out",
    'plain loop': 'node each-line.js strike.js < work.ndjson > out',
  },
  again,
};

/** One line kills whatever runs it, each time. */
export const poison: RealJob = {
  name: 'a line that kills every thread',
  about: '5,000 lines of 5 ms; one of them crashes its process (SIGSEGV), each time',
  prepare: (scale) => {
    const count = Math.max(1_000, 5_000 * scale);
    return prepare(count, (n) => (n === Math.floor(count / 2) + 30 ? 'kill' : undefined));
  },
  lines: {
    'holdfast run': 'holdfast run strike.js work.ndjson --isolation process -o out --overwrite',
    'GNU parallel': 'parallel --pipe -N 100 --retries 4 node each-line.js strike.js < work.ndjson > out',
    'xargs -P': "xargs -d '\\n' -P $(nproc) -n 100 node each-argument.js strike.js json < work.ndjson > out",
    'plain loop': 'node each-line.js strike.js < work.ndjson > out',
  },
  again,
};

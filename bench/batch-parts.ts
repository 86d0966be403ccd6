import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { runBatch } from '../src/batch/index.ts';
import { LineSplitter } from '../src/batch/lines/line-splitter.ts';
import { Pool } from '../src/index.ts';

export interface Figures {
  /** Lines a second. */
  readonly rate: number;
  /** Highest resident memory seen, in bytes. */
  readonly rss: number;
}

const TASK = fileURLToPath(new URL('./work/square.js', import.meta.url));
const THREADS = 2;

async function watched(lines: number, work: () => Promise<void>): Promise<Figures> {
  let rss = 0;
  const look = () => {
    rss = Math.max(rss, process.memoryUsage.rss());
  };
  const timer = setInterval(look, 50);
  const begun = performance.now();
  await work();
  const seconds = (performance.now() - begun) / 1_000;
  look();
  clearInterval(timer);
  return { rate: lines / seconds, rss };
}

/** `map` over values that are in memory already, results thrown away. */
async function map(_directory: string, lines: number): Promise<Figures> {
  const pool = new Pool({ filename: TASK, threads: THREADS });
  await pool.ready();
  const values = (function* () {
    for (let n = 0; n < lines; n++) yield { n };
  })();
  const figures = await watched(lines, async () => {
    let done = 0;
    for await (const _ of pool.mapSettled(values, { ordered: false })) done++;
    if (done !== lines) throw new Error(`map gave ${done} results for ${lines} values.`);
  });
  await pool.close();
  return figures;
}

/** Reading, parsing, computing, stringifying and writing in one thread: what the files cost, with no pool at all. */
function files(directory: string, lines: number): Promise<Figures> {
  return watched(lines, async () => {
    const splitter = new LineSplitter(1_000_000);
    const out = createWriteStream(join(directory, 'files.ndjson'));
    let index = 0;
    for await (const chunk of createReadStream(join(directory, `in-${lines}.ndjson`), { highWaterMark: 65_536 })) {
      let text = '';
      for (const line of splitter.push(chunk)) {
        const { n } = JSON.parse(line as string) as { n: number };
        text += `{"index":${index++},"value":${JSON.stringify({ n, square: n * n })}}\n`;
      }
      if (!out.write(text)) await once(out, 'drain');
    }
    out.end();
    await finished(out);
  });
}

function job(ordered: boolean, out: string) {
  return (directory: string, lines: number): Promise<Figures> =>
    watched(lines, async () => {
      const paths = { input: join(directory, `in-${lines}.ndjson`), out: join(directory, out) };
      const { done } = await runBatch({ filename: TASK, threads: THREADS, ordered, overwrite: true, ...paths });
      if (done !== lines) throw new Error(`The job gave ${done} results for ${lines} lines.`);
    });
}

/** Everything that is compared, each from a directory with the input and a number of lines. */
export const PARTS = {
  map,
  files,
  batch: job(false, 'out.ndjson'),
  'batch, ordered': job(true, 'ordered.ndjson'),
  'batch, packed': job(false, 'out.ndjson.gz'),
} satisfies Record<string, (directory: string, lines: number) => Promise<Figures>>;

export type Part = keyof typeof PARTS;

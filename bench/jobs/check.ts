import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { type Prepared, type RealJob, resultOf } from './job.ts';

/** What has come back of a job. */
export interface Came {
  /** Lines with exactly one result, which is right. */
  readonly right: number;
  readonly missing: number;
  readonly wrong: number;
  /** Results of a line that had one already. */
  readonly twice: number;
  /** Lines of output that are no result at all. */
  readonly torn: number;
  /** Lines without a possible result that the tool names somewhere. */
  readonly named: number;
}

/** Compares the file `out` with what it should hold. */
export async function check({ read = resultOf }: RealJob, { expected, bad }: Prepared, said: string): Promise<Came> {
  const seen = new Set<string>();
  let [right, wrong, twice, torn] = [0, 0, 0, 0];
  for await (const line of createInterface({ input: createReadStream('out') })) {
    const result = read(line);
    if (result === undefined) torn++;
    else if (seen.has(result.id)) twice++;
    else {
      seen.add(result.id);
      if (JSON.stringify(result) === JSON.stringify(expected.get(result.id))) right++;
      else wrong++;
    }
  }
  const letters = ['out.failed.ndjson', 'out.failed', 'failed.ndjson']
    .filter((name) => existsSync(name))
    .map((name) => readFileSync(name, 'utf8'));
  const told = letters.join('') + said;
  const missing = [...expected.keys()].filter((id) => !seen.has(id)).length;
  return { right, missing, wrong, twice, torn, named: bad.filter((name) => told.includes(name)).length };
}

import { readFileSync, writeFileSync } from 'node:fs';
import { lineOf, recordIn } from '../../src/server/journal/record.ts';

/** The same journal, as if its module had always had another name. */
export function renamed(path: string, module: string): void {
  const [head, ...rest] = readFileSync(path, 'latin1').split('\n');
  const header = recordIn(Buffer.from(head!, 'latin1'));
  if (header?.type !== 'server') throw new Error('no journal');
  writeFileSync(path, [lineOf({ ...header, module }).slice(0, -1), ...rest].join('\n'), 'latin1');
}

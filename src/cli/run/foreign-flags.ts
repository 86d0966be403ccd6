const CONCURRENCY =
  'A thread does one line at a time, so that a death costs one line. --threads <n> is for lines that compute; for lines that wait, --batch <n> gives the task n lines, which it can await together.';

/** Flags that people bring along from GNU parallel and xargs, and what they are here. */
export const FOREIGN_FLAGS: Readonly<Record<string, string>> = {
  '--concurrency': CONCURRENCY,
  '--jobs': CONCURRENCY,
  '-j': CONCURRENCY,
  '-P': CONCURRENCY,
  '--keep-order': 'It is --ordered here.',
  '-k': 'It is --ordered here.',
  '--retries': 'It is --retry here: the attempts after the first.',
  '--resume-failed': 'It is --retry-failed here.',
  '--results': 'All results go into one file: --out.',
  '--header': 'For a file whose first row has the names, it is --csv here.',
  '--colsep': 'Columns are read with --csv; other separators are not offered.',
  '--shuf': 'It is not offered. --sample 1% runs a part, drawn evenly.',
  '-N': 'It is --batch here.',
  '-n': 'It is --batch here.',
};

/** The complaint of the parser about a flag that it does not know, with what the flag is here. */
export function withForeignFlags(complaint: string): string {
  const [, flag = ''] = /^error: unknown option '(-[^'=]+)/.exec(complaint) ?? [];
  const here = Object.entries(FOREIGN_FLAGS).find(
    ([name]) => flag === name || (/^-\w$/.test(name) && flag.startsWith(name) && !flag.startsWith('--')),
  );
  return here === undefined ? complaint : `${complaint.trimEnd()}\n${here[1]}\n`;
}

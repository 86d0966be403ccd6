import { setImmediate as turn } from 'node:timers/promises';
import type { SourceFile } from './files.ts';
import { progress } from './progress.ts';
import parseFile, { type Finding } from './task.ts';

/** The same work in the main process: no threads, no faults. */
export interface Alone {
  readonly findings: readonly Finding[];
  /** Milliseconds that each file took. */
  readonly times: readonly number[];
}

export async function parseAlone(files: readonly SourceFile[]): Promise<Alone> {
  const findings: Finding[] = [];
  const times: number[] = [];
  const bar = progress('alone, without faults', files);
  for (const file of files) {
    const begun = performance.now();
    findings.push(parseFile(file.path));
    times.push(performance.now() - begun);
    bar.done(file);
    await turn(); // Lets the bar be drawn.
  }
  bar.end();
  return { findings, times };
}

import { type BatchProgress, failureText } from '../../batch/index.ts';
import { count, duration, shown } from './words.ts';

/** How many failed in which way: ` (error 30, timeout 7)`; nothing where none has. */
export function kindsText({ kinds }: Pick<BatchProgress, 'kinds'>): string {
  const found = Object.entries(kinds).sort(([, a], [, b]) => b - a);
  return found.length === 0 ? '' : ` (${found.map(([kind, number]) => `${kind} ${count(number)}`).join(', ')})`;
}

/** Which lines hold the job up. */
export function waitingText({ longest }: Pick<BatchProgress, 'longest'>): string {
  const lines = longest.map(({ line, file, ms, attempt }) => {
    const again = attempt > 1 ? ` (attempt ${attempt})` : '';
    return `line ${line}${file === undefined ? '' : ` of ${shown(file)}`} for ${duration(ms)}${again}`;
  });
  return lines.length === 0 ? '' : `, on the way: ${lines.join(', ')}`;
}

/** Tells of the first failure when it has come: what is wrong with all of a night's lines is wrong with the first one. */
export class FirstFailures {
  #told = false;

  tell({ firstFailure }: BatchProgress, print: (line: string) => void): void {
    if (this.#told || firstFailure === undefined) return;
    this.#told = true;
    print(`The first failure: ${shown(failureText(firstFailure))}`);
  }
}

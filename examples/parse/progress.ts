import { Presets, SingleBar } from 'cli-progress';
import { type SourceFile, totalBytes } from './files.ts';

/** Shows how far the work has come. */
export interface Progress {
  /** A file is done. */
  done(file: SourceFile): void;
  /** Something went wrong and is done again. */
  retried(): void;
  end(): void;
}

const NONE: Progress = { done: () => {}, retried: () => {}, end: () => {} };

/** A bar on a terminal, as long as the files are large; nothing elsewhere. */
export function progress(title: string, files: readonly SourceFile[]): Progress {
  if (!process.stderr.isTTY) return NONE;
  const format = `${title} {bar} {percentage} % | {ready} of ${files.length} files | {retries} retries | {duration_formatted}`;
  const bar = new SingleBar({ format, hideCursor: true, clearOnComplete: true }, Presets.shades_classic);
  let [ready, retries] = [0, 0];
  bar.start(totalBytes(files), 0, { ready, retries });
  return {
    done: ({ bytes }) => bar.increment(bytes, { ready: ++ready }),
    retried: () => bar.update({ retries: ++retries }),
    end: () => bar.stop(),
  };
}

import { Presets, SingleBar } from 'cli-progress';

/** Shows how far the work has come. */
export interface Progress {
  advance(bytes: number): void;
  /** Something went wrong and is done again. */
  retried(): void;
  end(): void;
}

const MEGABYTE = 1_048_576;
const NONE: Progress = { advance: () => {}, retried: () => {}, end: () => {} };

/** A bar on a terminal; nothing elsewhere. */
export function progress(title: string, bytes: number): Progress {
  if (!process.stderr.isTTY) return NONE;
  const format = `${title} {bar} {done}/{all} MB | {retries} retries | {duration_formatted}`;
  const bar = new SingleBar({ format, hideCursor: true, clearOnComplete: true }, Presets.shades_classic);
  let [done, retries] = [0, 0];
  const payload = () => ({ done: (done / MEGABYTE).toFixed(1), all: (bytes / MEGABYTE).toFixed(1), retries });
  bar.start(bytes, 0, payload());
  return {
    advance: (more) => {
      done += more;
      bar.update(done, payload());
    },
    retried: () => {
      retries++;
      bar.update(payload());
    },
    end: () => bar.stop(),
  };
}

import { SingleBar } from 'cli-progress';
import type { Sample } from '../results.ts';
import type { Unit } from '../runner/schedule.ts';
import { FIGURE_TEXT, short } from './figure-text.ts';

/** Tells a person how far the run is: a bar on a terminal, a line per process elsewhere. */
export interface Progress {
  start(unit: Unit, index: number, total: number): void;
  done(sample: Sample, unit: Unit): void;
  stop(): void;
}

export function createProgress(stream: NodeJS.WriteStream): Progress {
  if (!stream.isTTY) return lines(stream);
  const bar = new SingleBar({
    format: '{bar} {value}/{total} {eta_formatted} left | {what}',
    hideCursor: true,
    clearOnComplete: true,
    stream,
    etaBuffer: 40,
  });
  let open = false;
  return {
    start: (unit, index, total) => {
      const what = `${unit.case.name}, ${unit.variant.name}: ${unit.contender}, round ${unit.round}`;
      if (open) bar.update(index, { what });
      else bar.start(total, index, { what });
      open = true;
    },
    done: () => {},
    stop: () => bar.stop(),
  };
}

function lines(stream: NodeJS.WriteStream): Progress {
  let place = '';
  return {
    start: (_, index, total) => {
      place = `${index + 1}/${total}`;
    },
    done: (sample, unit) => {
      const [main] = unit.case.columns;
      const value = sample.figures[main!];
      const text = value === undefined ? '' : `${short(value, FIGURE_TEXT[main!].unit)} ${FIGURE_TEXT[main!].label}`;
      stream.write(
        `[${place}] ${sample.case}, ${sample.variant}: ${sample.contender} ${sample.status === 'ok' ? '' : sample.status.toUpperCase()} ${text}\n`,
      );
    },
    stop: () => {},
  };
}

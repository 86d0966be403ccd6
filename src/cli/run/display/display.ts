import type { BatchProgress } from '../../../batch/index.ts';
import type { Clock } from '../../../core/clock.ts';
import { systemClock } from '../../../core/time/system-clock.ts';
import { FirstFailures, kindsText, waitingText } from '../failures.ts';
import { count, duration, perSecond } from '../words.ts';
import { BarDisplay } from './bar-display.ts';
import { expectedLines, Pace } from './pace.ts';
import type { Display, Screen } from './screen.ts';

/** Milliseconds between two lines where there is no terminal. */
const LINE_EVERY = 5_000;

function sentence(progress: BatchProgress, pace: Pace): string {
  const { done, failed, retries } = progress;
  const expected = expectedLines(progress);
  const share = expected ? ` (${Math.floor((100 * (done + failed)) / expected)} %)` : '';
  const { rate } = pace;
  const left = pace.left(progress);
  const speed = rate === undefined ? '' : `, ${perSecond(rate)}`;
  const time = left === undefined ? '' : `, ${duration(left)} left`;
  return `${count(done)} done${share}, ${count(failed)} failed${kindsText(progress)}, ${count(retries)} retried${speed}${time}${waitingText(progress)}`;
}

/** A line every few seconds, for logs. */
export class LineDisplay implements Display {
  readonly #screen: Screen;
  readonly #clock: Clock;
  readonly #pace: Pace;
  readonly #failures = new FirstFailures();
  #next: number;

  constructor(screen: Screen, clock: Clock) {
    this.#screen = screen;
    this.#clock = clock;
    this.#pace = new Pace(clock);
    this.#next = clock.now() + LINE_EVERY;
  }

  progress(progress: BatchProgress): void {
    this.#pace.add(progress);
    this.#failures.tell(progress, (line) => this.print(line));
    if (this.#clock.now() < this.#next) return;
    this.#next = this.#clock.now() + LINE_EVERY;
    this.print(sentence(progress, this.#pace));
  }

  print(line: string): void {
    this.#screen.write(`${line}\n`);
  }

  pass(bytes: Buffer): void {
    this.#screen.write(bytes);
  }

  stop(): void {}
}

/** Nothing but what must be said. */
export class QuietDisplay implements Display {
  readonly #screen: Screen;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  progress(): void {}

  print(line: string): void {
    this.#screen.write(`${line}\n`);
  }

  pass(bytes: Buffer): void {
    this.#screen.write(bytes);
  }

  stop(): void {}
}

/** A bar on a terminal, lines elsewhere, nothing if it is to be quiet. */
export function displayFor(screen: Screen, quiet: boolean, clock: Clock = systemClock): Display {
  if (quiet) return new QuietDisplay(screen);
  if (screen.isTTY && process.env.TERM !== 'dumb') return new BarDisplay(screen, clock);
  return new LineDisplay(screen, clock);
}

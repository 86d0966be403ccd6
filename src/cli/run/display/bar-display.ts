import { styleText } from 'node:util';
import { type Options, SingleBar } from 'cli-progress';
import type { BatchProgress } from '../../../batch/index.ts';
import type { Clock } from '../../../core/clock.ts';
import { FirstFailures, waitingText } from '../failures.ts';
import { count, duration, perSecond } from '../words.ts';
import { expectedLines, Pace } from './pace.ts';
import type { Display, Screen } from './screen.ts';

type Color = 'green' | 'red' | 'yellow' | 'dim';

/** What the bar shows besides its length. */
interface Figures {
  readonly progress: BatchProgress;
  readonly pace: Pace;
}

const WIDEST_BAR = 30;
const NARROWEST_BAR = 5;

/** One line of a terminal that is drawn again and again. Colours only where the terminal has them and NO_COLOR does not forbid. */
export class BarDisplay implements Display {
  readonly #screen: Screen;
  readonly #pace: Pace;
  readonly #bar: SingleBar;
  readonly #failures = new FirstFailures();
  #last: BatchProgress | undefined;
  /** What a task has printed since its last line feed. */
  #unfinished = '';

  constructor(screen: Screen, clock: Clock) {
    this.#screen = screen;
    this.#pace = new Pace(clock);
    this.#bar = new SingleBar({
      stream: screen,
      format: (options, _params, payload) => this.#line(options, payload as Figures),
      barCompleteChar: '█',
      barIncompleteChar: '░',
      hideCursor: true,
      fps: 8,
      gracefulExit: false,
      clearOnComplete: true,
    });
  }

  progress(progress: BatchProgress): void {
    this.#pace.add(progress);
    this.#failures.tell(progress, (line) => this.print(line));
    if (this.#last === undefined) this.#bar.start(1, 0, { progress, pace: this.#pace });
    else this.#bar.update(0, { progress, pace: this.#pace });
    this.#last = progress;
  }

  print(line: string): void {
    this.#above(() => this.#screen.write(`${line}\n`));
  }

  pass(bytes: Buffer): void {
    // The bar can only be drawn below whole lines.
    const text = this.#unfinished + bytes.toString();
    const end = text.lastIndexOf('\n') + 1;
    this.#unfinished = text.slice(end);
    if (end > 0) this.#above(() => this.#screen.write(text.slice(0, end)));
  }

  stop(): void {
    if (this.#last !== undefined) this.#bar.stop();
    this.#last = undefined;
    if (this.#unfinished !== '') this.#screen.write(`${this.#unfinished}\n`);
    this.#unfinished = '';
  }

  #above(write: () => void): void {
    const shown = this.#last;
    if (shown !== undefined) this.#bar.stop();
    write();
    if (shown !== undefined) this.#bar.start(1, 0, { progress: shown, pace: this.#pace });
  }

  #color(color: Color, text: string): string {
    // What standard output is does not matter: the bar is not there.
    return this.#screen.hasColors?.() ? styleText(color, text, { validateStream: false }) : text;
  }

  #line(options: Options, { progress, pace }: Figures): string {
    const { done, failed, retries } = progress;
    const expected = expectedLines(progress);
    const left = pace.left(progress);
    const failures = `${count(failed)} failed`;
    const figures = [
      `${count(done)} done`,
      failed > 0 ? this.#color('red', failures) : failures,
      `${count(retries)} retried`,
      ...(pace.rate === undefined ? [] : [perSecond(pace.rate)]),
      ...(left === undefined ? [] : [`${duration(left)} left`]),
      ...(progress.longest.length === 0 || left !== undefined ? [] : [waitingText(progress).replace(/^, /, '')]),
    ].join('  ');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours take no room on the screen
    const taken = figures.replace(/\u001b\[\d+m/g, '').length + '100%  '.length;
    const size = Math.min(WIDEST_BAR, (this.#screen.columns ?? 80) - taken - 2);
    if (expected === undefined || size < NARROWEST_BAR) return figures;
    const share = expected === 0 ? 1 : Math.min(1, (done + failed) / expected);
    const full = Math.floor(share * size);
    const bar = options.barCompleteChar!.repeat(full) + this.#color('dim', options.barIncompleteChar!.repeat(size - full));
    return `${bar} ${String(Math.floor(share * 100)).padStart(3)}%  ${figures}`;
  }
}

import type { TaskTally } from '../../core/counting/tally.ts';
import { RunTimes } from './run-times.ts';

/** How much the last copy counts in the average of what copies take. */
const LAST = 1 / 8;
/** How much the last race counts in the share of races that copies win. */
const LAST_RACE = 1 / 16;
/** Copies that rarely win are still tried occasionally; otherwise it would never show that things have changed. */
const LEAST_ZEAL = 0.1;
/** The fraction of the longest time that is forgotten with each task. */
const FORGOTTEN = 1 / 1024;

/** What was seen so far of the tasks of one export, and of their copies. */
export class Experience {
  readonly #tally: TaskTally;
  readonly #runTimes = new RunTimes();
  #longest = 0;
  #copyMs: number | undefined;
  #won = 1;

  constructor(tally: TaskTally) {
    this.#tally = tally;
  }

  /** A task took this many milliseconds, or would have taken at least as many without its copy. */
  took(ms: number): void {
    this.#runTimes.observe(ms);
    this.#longest = Math.max(ms, this.#longest * (1 - FORGOTTEN));
  }

  /** The original of a race that its copy won has ended after this many milliseconds. */
  originalTook(ms: number): void {
    this.#longest = Math.max(ms, this.#longest);
  }

  copyTook(ms: number): void {
    this.#copyMs = this.copyMs + LAST * (ms - this.copyMs);
  }

  raced(copyWon: boolean): void {
    this.#won += LAST_RACE * ((copyWon ? 1 : 0) - this.#won);
  }

  /** 95 of 100 tasks take less, in milliseconds; `undefined` as long as too few are known. */
  get p95(): number | undefined {
    return this.#runTimes.p95;
  }

  /** Milliseconds that the longest of the latest tasks took. */
  get longest(): number {
    return this.#longest;
  }

  /** What a copy is likely to take, in milliseconds: as copies did lately, or tasks, while there was none. */
  get copyMs(): number {
    const { okMs, attemptsOk } = this.#tally;
    return this.#copyMs ?? (attemptsOk === 0 ? 0 : okMs / attemptsOk);
  }

  /** The share of the budget to earn, 0 to 1: less where copies rarely win. */
  get zeal(): number {
    return Math.max(LEAST_ZEAL, this.#won);
  }
}

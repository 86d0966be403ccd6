import { FROM_THREAD } from '../../../src/core/wire/wire.ts';
import type { Climate } from '../world/climate.ts';
import type { Dice } from '../world/dice.ts';

/** Threads whose runtime has lost its mind: it says what it must not say, or says nothing any more. */
export class Misbehaving {
  readonly #dice: Dice;
  readonly #mumbles: number;
  readonly #falls: number;

  constructor(dice: Dice, climate: Climate) {
    this.#dice = dice;
    const strikes = dice.chance(0.2);
    this.#mumbles = strikes ? dice.log(0.001, 0.3) : 0;
    // Only a limit shows that a result will never come.
    this.#falls = strikes && dice.chance(0.5) && isBounded(climate) ? dice.log(0.0005, 0.02) : 0;
  }

  /** Whether a thread says nothing more from this report on. */
  fallsSilent(): boolean {
    return this.#falls > 0 && this.#dice.chance(this.#falls);
  }

  /** Something that comes behind a report: no message at all, one that is broken, or one that makes no sense now. */
  mumbled(bundle: number): unknown {
    return this.#mumbles > 0 && this.#dice.chance(this.#mumbles) ? this.#dice.pick(MUMBLED)(bundle) : undefined;
  }
}

const MUMBLED: readonly ((bundle: number) => unknown)[] = [
  () => 'text',
  () => null,
  () => [99],
  () => [FROM_THREAD.done],
  (bundle) => [FROM_THREAD.done, bundle, 0, [1], ['yesterday', Number.NaN], undefined],
  (bundle) => [FROM_THREAD.done, bundle, 0, 'values', [0, 0], undefined],
  (bundle) => [FROM_THREAD.done, bundle, 0, [1], [0, 0], [[0, 'error', { base: 'toString', cause: null, errors: 5 }]]],
  () => [FROM_THREAD.ready],
  () => [FROM_THREAD.account, 0, 0, 0],
  (bundle) => [FROM_THREAD.progress, bundle + 1000, 0, 'of nobody'],
  (bundle) => [FROM_THREAD.progress, bundle, 1_000_000, 'of nobody'],
  () => [FROM_THREAD.lateError, 'x', 0, null],
  () => [FROM_THREAD.crashing, 0.5, 0, {}],
  () => [FROM_THREAD.exiting, 'x'],
];

function isBounded({ pool, runs }: Climate): boolean {
  const limitOf = (timeout: unknown): unknown => (typeof timeout === 'number' ? timeout : (timeout as { run?: number } | undefined)?.run);
  return [pool, ...runs].every((options, i) => Number.isFinite(limitOf(options?.timeout) ?? (i === 0 ? Number.POSITIVE_INFINITY : 0)));
}

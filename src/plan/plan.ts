import type { PlanLine } from './line.ts';
import { wrongAnswers } from './lines/answers.ts';
import { losses } from './lines/losses.ts';
import { requirements } from './lines/needs.ts';
import { waiting } from './lines/waits.ts';
import { type PlannedSystem, type PlanOptions, readOptions } from './options.ts';

/** What a system loses, waits for, needs, and answers wrongly. */
export interface Plan {
  /** The options as they were understood, with defaults: times in milliseconds, shares from 0 to 1. */
  readonly system: PlannedSystem;
  /** What follows from them, one number a line. */
  readonly lines: readonly PlanLine[];
  /** Whether every goal can be reached. */
  readonly reachable: boolean;
}

/** The plan of a system whose options have been read. */
export function planOf(system: PlannedSystem): Plan {
  const lines = [...losses(system), ...waiting(system), ...requirements(system), ...wrongAnswers(system)];
  return { system, lines, reachable: lines.every(({ because }) => because === undefined) };
}

/**
 * Calculates what a system loses, waits for and needs, by closed forms. Each line has its formula, its source and its assumption.
 *
 * @throws {InvalidOptionError} `ERR_INVALID_OPTION` if an option is not what it has to be, with what was expected and what came
 */
export function plan(options: PlanOptions): Plan {
  return planOf(readOptions(options));
}

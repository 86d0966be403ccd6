import { InvalidOptionError, OptionRangeError } from '../core/errors.ts';
import { ownOf } from '../core/foreign/foreign.ts';
import type { Complete } from '../core/foreign/given.ts';
import type { ChildSettings, ChildSpec, RestartLimits, SupervisorOptions } from './spec.ts';

const strategies = ['one_for_one', 'one_for_all', 'rest_for_one', 'simple_one_for_one'] as const;
const autoShutdowns = ['never', 'any_significant', 'all_significant'] as const;
const settingNames = ['restart', 'shutdown', 'terminateTimeout', 'startTimeout', 'type', 'significant', 'start'];
const optionNames = ['id', 'strategy', 'children', 'template', 'restart', 'autoShutdown', 'clock', 'report'];
const limitNames = ['intensity', 'within', 'minTimeout', 'maxTimeout'];

export type CheckedOptions = Complete<Pick<SupervisorOptions, 'id' | 'strategy' | 'autoShutdown'>> & { limits: RestartLimits };

/** Fills in the defaults; throws for what is wrong. */
export function checkOptions(options: SupervisorOptions<never>): CheckedOptions {
  known(options, optionNames, 'option of Supervisor');
  const id = options.id ?? 'supervisor';
  if (typeof id !== 'string' || id === '') throw bad('id', 'a string that is not empty', id);
  const strategy = oneOf('strategy', strategies, options.strategy ?? 'one_for_one');
  const simple = strategy === 'simple_one_for_one';
  if (simple !== (options.template !== undefined))
    throw bad('template', simple ? 'a child template' : `nothing with strategy ${strategy}`, options.template);
  if (simple && options.children !== undefined) throw bad('children', `nothing with strategy ${strategy}`, options.children);
  if (options.children !== undefined && !Array.isArray(options.children))
    throw bad('children', 'an array of child specs', options.children);
  const autoShutdown = oneOf('autoShutdown', autoShutdowns, options.autoShutdown ?? 'never');
  const given = ownOf(options.restart ?? {});
  known(given, limitNames, 'option in restart');
  const { intensity = 5, within = 30_000, minTimeout = 50, maxTimeout = 5_000 } = given;
  wholeNumber('restart.intensity', intensity, 0);
  milliseconds('restart.within', within, 1);
  milliseconds('restart.minTimeout', minTimeout, 0);
  milliseconds('restart.maxTimeout', maxTimeout, 0);
  return { id, strategy, autoShutdown, limits: { intensity, within, minTimeout, maxTimeout } };
}

/** The id of a spec; throws if the value is not a spec at all. */
export function checkSpec(spec: ChildSpec): string {
  if (typeof spec !== 'object' || spec === null) throw bad('child spec', 'an object { id, start }', spec);
  const { id } = spec;
  if (typeof id !== 'string' || id === '') throw bad('id of a child', 'a string that is not empty', id);
  known(spec, ['id', ...settingNames], `option of child ${JSON.stringify(id)}`);
  return id;
}

/** The settings of a child spec or a template, with their defaults. */
export function checkSettings(
  spec: ChildSettings & { start: unknown },
  autoShutdown: CheckedOptions['autoShutdown'],
): Complete<ChildSettings> {
  if (typeof spec !== 'object' || spec === null) throw bad('template', 'an object { start }', spec);
  if (typeof spec.start !== 'function') throw bad('start', 'a function', spec.start);
  const own = ownOf(spec); // A start may be a method of a class; a setting is the spec's own.
  const type = oneOf('type', ['worker', 'supervisor'] as const, own.type ?? 'worker');
  const restart = oneOf('restart', ['permanent', 'transient', 'temporary'] as const, own.restart ?? 'permanent');
  const supervisor = type === 'supervisor';
  const { shutdown = supervisor ? Number.POSITIVE_INFINITY : 5_000, startTimeout = supervisor ? Number.POSITIVE_INFINITY : 10_000 } = own;
  const { terminateTimeout = 2_000, significant = false } = own;
  milliseconds('shutdown', shutdown, 0, 'or Infinity');
  milliseconds('terminateTimeout', terminateTimeout, 0, 'or Infinity');
  milliseconds('startTimeout', startTimeout, 1, 'or Infinity');
  if (typeof significant !== 'boolean') throw bad('significant', 'a boolean', significant);
  if (significant && restart === 'permanent') throw bad('significant', 'false for a permanent child', significant);
  if (significant && autoShutdown === 'never') throw bad('significant', "false with autoShutdown 'never'", significant);
  return { restart, shutdown, terminateTimeout, startTimeout, type, significant };
}

function known(given: object, names: readonly string[], what: string): void {
  if (typeof given !== 'object' || given === null) throw bad(what, 'an object', given);
  for (const name of Object.keys(given)) if (!names.includes(name)) throw bad(what, `one of ${names.join(', ')}`, name);
}

function oneOf<T extends string>(name: string, values: readonly T[], got: unknown): T {
  if (!values.includes(got as T)) throw bad(name, `one of ${values.join(', ')}`, got);
  return got as T;
}

function wholeNumber(name: string, got: unknown, min: number): void {
  if (typeof got !== 'number') throw bad(name, 'a number', got);
  if (!Number.isSafeInteger(got) || got < min) throw new OptionRangeError(message(name, `a whole number, at least ${min}`, got));
}

function milliseconds(name: string, got: unknown, min: number, or: 'or Infinity' | '' = ''): void {
  if (or !== '' && got === Number.POSITIVE_INFINITY) return;
  if (typeof got !== 'number') throw bad(name, 'a number of milliseconds', got);
  if (!Number.isSafeInteger(got) || got < min) {
    throw new OptionRangeError(message(name, `whole milliseconds, at least ${min}${or === '' ? '' : ` ${or}`}`, got));
  }
}

function bad(name: string, expected: string, got: unknown): InvalidOptionError {
  return new InvalidOptionError(message(name, expected, got));
}

function message(name: string, expected: string, got: unknown): string {
  const shown = typeof got === 'string' ? JSON.stringify(got) : typeof got === 'object' && got !== null ? 'an object' : String(got);
  return `Bad ${name}. Expected: ${expected}. Got: ${shown}.`;
}

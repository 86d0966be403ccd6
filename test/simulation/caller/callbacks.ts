import type { PoolOptions, RunOptions } from '../../../src/options/types.ts';
import { MAKERS, type TaskTruth } from '../checks/truth.ts';

type Meddle = (task: TaskTruth | undefined) => void;
type Callback = (...parameters: never[]) => unknown;

/** The same options, whose functions do something else at odd moments before they do what they are for. */
export function meddling<Options extends PoolOptions | RunOptions>(options: Options, meddle: Meddle): Options {
  const { redundancy, retry, quarantine } = options as PoolOptions;
  return {
    ...options,
    ...(typeof redundancy === 'object' ? { redundancy: within(redundancy, { equal: makerOfFirst, resolve: makerOfBallots }, meddle) } : {}),
    ...(typeof retry === 'object' ? { retry: within(retry, { shouldRetry: nobody }, meddle) } : {}),
    ...(quarantine ? { quarantine: within(quarantine, { key: itself }, meddle) } : {}),
  };
}

/** @param whose for each function that may be there, how it is known what task it is called for */
function within<Rules extends object>(
  rules: Rules,
  whose: { readonly [Name in keyof Rules]?: (first: never) => TaskTruth | undefined },
  meddle: Meddle,
): Rules {
  const changed = { ...rules };
  for (const name of Object.keys(whose) as (keyof Rules)[]) {
    const own = rules[name] as Callback | unknown;
    if (typeof own !== 'function') continue;
    const callback = (...parameters: never[]): unknown => {
      meddle(whose[name]!(parameters[0]!));
      return own(...parameters);
    };
    changed[name] = callback as Rules[keyof Rules];
  }
  return changed;
}

const nobody = (): undefined => undefined;
const itself = (task: TaskTruth): TaskTruth => task;
const makerOfFirst = (value: object): TaskTruth | undefined => MAKERS.get(value)?.task;
const makerOfBallots = ([first]: readonly { readonly value: object }[]): TaskTruth | undefined => MAKERS.get(first!.value)?.task;

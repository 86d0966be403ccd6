import type { Dice } from './dice.ts';

/** What one execution of a task can do besides returning its answer in time. */
export const DEEDS = [
  'throw',
  'reject',
  'crash',
  'lateCrash',
  'exit',
  'lateExit',
  'oom',
  'hardDeath',
  'spin',
  'never',
  'slow',
  'corrupt',
  'corruptAlike',
  'leftoverError',
  'leftoverExit',
  'leftoverSpin',
  'moduleExit',
  'uncloneableResult',
  'uncloneableError',
  'progress',
] as const;
export type Deed = (typeof DEEDS)[number] | 'return';

/** What can happen to a report on its way. */
export const MESSAGE_FAULTS = ['duplicate', 'reorder', 'unreadable', 'foreign', 'malformed', 'garbage'] as const;
export const START_FAULTS = ['startFails', 'startDies', 'startHangs', 'startSlow'] as const;
export const OTHER_FAULTS = ['uncloneableInput', 'immortal', 'lossy'] as const;
/** What can come over the pool from outside, at any event. */
export const SKY_FAULTS = ['death', 'twinDeaths', 'block', 'jump'] as const;
export type SkyFault = (typeof SKY_FAULTS)[number];
/** What the caller does at odd moments. */
export const MEDDLING = ['abort', 'abortGroup', 'abortInside', 'runInside', 'closeInside'] as const;

export type FaultName =
  | (typeof DEEDS)[number]
  | (typeof MESSAGE_FAULTS)[number]
  | (typeof START_FAULTS)[number]
  | (typeof OTHER_FAULTS)[number]
  | SkyFault
  | (typeof MEDDLING)[number];

export const FAULTS: readonly FaultName[] = [...DEEDS, ...MESSAGE_FAULTS, ...START_FAULTS, ...OTHER_FAULTS, ...SKY_FAULTS, ...MEDDLING];

/** How often which fault strikes in a seed. */
export function drawRates(dice: Dice): Record<FaultName, number> {
  const mood = dice.next();
  const share = mood < 0.08 ? 0 : mood < 0.5 ? 0.15 : mood < 0.95 ? 0.4 : 1;
  const rate = (name: FaultName): number => {
    if (!dice.chance(share)) return 0;
    const heavy = dice.chance(0.1);
    switch (name) {
      case 'startFails':
      case 'startDies':
      case 'startHangs':
      case 'startSlow':
        return dice.log(0.01, heavy ? 0.9 : 0.2);
      case 'immortal':
      case 'lossy':
        return dice.log(0.05, 0.8);
      case 'death':
      case 'twinDeaths':
      case 'block':
        return dice.log(0.0002, heavy ? 0.05 : 0.005);
      case 'jump':
      case 'closeInside':
        return dice.log(0.00002, 0.0005);
      case 'abortInside':
      case 'runInside':
        return dice.log(0.002, 0.1);
      case 'spin':
      case 'never':
      case 'leftoverSpin':
        return dice.log(0.001, heavy ? 0.2 : 0.03);
      case 'corrupt':
      case 'corruptAlike':
        return dice.log(0.005, heavy ? 0.7 : 0.3);
      default:
        return dice.log(0.001, heavy ? 0.4 : 0.05);
    }
  };
  return Object.fromEntries(FAULTS.map((name) => [name, rate(name)])) as Record<FaultName, number>;
}

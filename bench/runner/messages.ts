import type { Outcome, Scale, Variant } from '../cases/case.ts';
import type { Calibration, Figures } from '../results.ts';

/** The order to a child process. */
export type Order =
  | { readonly kind: 'calibrate'; readonly deaths: number; readonly threads: number }
  | {
      readonly kind: 'measure';
      readonly case: string;
      readonly variant: Variant;
      readonly contender: string;
      readonly scale: Scale;
      readonly threads: number;
      readonly seed: number;
      readonly calibration: Calibration;
    };

/** What it says back: any number of `progress`, then one of the others. */
export type Reply =
  | { readonly kind: 'progress'; readonly figures: Figures }
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  | { readonly kind: 'calibration'; readonly calibration: Calibration };

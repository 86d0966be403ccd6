import type { Case, Scale, Variant } from '../cases/case.ts';

/** One process to start. */
export interface Unit {
  readonly case: Case;
  readonly variant: Variant;
  readonly contender: string;
  readonly round: number;
}

export interface Selection {
  readonly cases: readonly Case[];
  readonly scale: Scale;
  readonly rounds: number;
  /** Names in table order; a variant that names its own contenders may add a reference to them. */
  readonly contenders: readonly string[];
  /** References that may join where a variant names them. */
  readonly references: readonly string[];
  readonly ideal: string;
  /** Keeps a variant; all when absent. */
  readonly keeps?: (one: Case, variant: Variant) => boolean;
}

const rotated = <T>(list: readonly T[], by: number): T[] => list.map((_, i) => list[(i + by) % list.length]!);

/** All that measure the variant: the closed form first, because the others are held against it. */
function measurers({ contenders, references, ideal }: Selection, one: Case, variant: Variant): string[] {
  const able = [...contenders, ...references.filter((name) => variant.contenders?.includes(name))];
  const taking = able.filter((name) => !variant.contenders || variant.contenders.includes(name));
  return one.ideal && taking.length > 0 ? [ideal, ...taking] : taking;
}

/**
 * All units in the order in which they run: round by round, within a round case by case, within a variant one contender
 * after the other, beginning with another one each round, so that a slow minute of the machine hits no contender twice.
 */
export function schedule(selection: Selection): Unit[] {
  const units: Unit[] = [];
  for (let round = 1; round <= selection.rounds; round++) {
    for (const one of selection.cases.filter(({ mostRounds = round }) => round <= mostRounds)) {
      for (const variant of one.variants(selection.scale)) {
        if (selection.keeps && !selection.keeps(one, variant)) continue;
        for (const contender of rotated(measurers(selection, one, variant), round - 1))
          units.push({ case: one, variant, contender, round });
      }
    }
  }
  return units;
}

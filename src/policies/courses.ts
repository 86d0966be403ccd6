import type { Course } from '../core/task.ts';
import type { Desk } from './desk.ts';
import { HedgeCourse, Hedging } from './hedging/course.ts';
import type { HedgeRules } from './hedging/rules.ts';
import { PlainCourse } from './plain.ts';
import { QuorumCourse } from './redundancy/course.ts';
import type { RedundancyRules } from './redundancy/rules.ts';

/** The courses of a pool, by what its tasks ask for. */
export class Courses {
  readonly #desk: Desk;
  readonly #plain: PlainCourse;
  readonly #byRules = new WeakMap<object, Course>();
  #hedging: Hedging | undefined;

  constructor(desk: Desk) {
    this.#desk = desk;
    this.#plain = new PlainCourse(desk);
  }

  of({ redundancy, hedge }: { readonly redundancy: RedundancyRules | false; readonly hedge: HedgeRules | false }): Course {
    if (redundancy !== false) return this.#made(redundancy, () => new QuorumCourse(this.#desk, redundancy));
    if (hedge === false) return this.#plain;
    this.#hedging ??= new Hedging(this.#desk);
    const hedging = this.#hedging;
    return this.#made(hedge, () => new HedgeCourse(hedge, hedging));
  }

  #made(rules: object, make: () => Course): Course {
    let course = this.#byRules.get(rules);
    if (course === undefined) {
      course = make();
      this.#byRules.set(rules, course);
    }
    return course;
  }
}

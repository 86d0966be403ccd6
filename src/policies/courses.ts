import type { Course } from '../core/task.ts';
import type { CourseHost } from './course-host.ts';
import { HedgeCourse, Hedging } from './hedging/hedge-course.ts';
import type { HedgeRules } from './hedging/rules.ts';
import { PlainCourse } from './plain-course.ts';
import { QuorumCourse } from './redundancy/quorum-course.ts';
import { Reserve } from './redundancy/reserve.ts';
import type { RedundancyRules } from './redundancy/rules.ts';

/** The courses of a pool, by what its tasks ask for. */
export class Courses {
  readonly #host: CourseHost;
  readonly #plain: PlainCourse;
  readonly #byRules = new WeakMap<object, Course>();
  readonly #reserve: Reserve;
  #hedging: Hedging | undefined;

  constructor(host: CourseHost) {
    this.#host = host;
    this.#plain = new PlainCourse(host);
    this.#reserve = new Reserve(host);
  }

  of({ redundancy, hedge }: { readonly redundancy: RedundancyRules | false; readonly hedge: HedgeRules | false }): Course {
    if (redundancy !== false) return this.#made(redundancy, () => new QuorumCourse(this.#host, redundancy, this.#reserve));
    if (hedge === false) return this.#plain;
    this.#hedging ??= new Hedging(this.#host);
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

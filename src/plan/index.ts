/**
 * Planning by closed forms: what a system loses, waits for, needs, and answers wrongly.
 *
 * @module holdfast/plan
 */
export { InvalidOptionError } from '../core/errors.ts';
export type { PlanLine, Section, Unit } from './line.ts';
export { type PlannedSystem, type PlanOptions, readOptions, type Written } from './options.ts';
export { type Plan, plan, planOf } from './plan.ts';
export { planText } from './render.ts';

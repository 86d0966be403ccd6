export { INJECTED_EXIT_CODE } from './acts.ts';
export { type FaultInjector, inject } from './inject.ts';
export { InjectedFault } from './injected-fault.ts';
export { ATTEMPT_FAULTS, type AttemptFault, FAILURE_OF, type FaultSite } from './kinds.ts';
export { type FaultOptions, FaultPlan, faultPlan } from './plan.ts';
export type { FaultRules } from './rules.ts';

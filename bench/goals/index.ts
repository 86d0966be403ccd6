import type { Cell, GoalResult } from '../results.ts';
import { FAULT_GOALS } from './faults.ts';
import type { Goal } from './goal.ts';
import { MEMORY_GOALS } from './memory.ts';
import { SERVER_GOALS } from './servers.ts';
import { SPEED_GOALS } from './speed.ts';

export const GOALS: readonly Goal[] = [...SPEED_GOALS, ...FAULT_GOALS, ...MEMORY_GOALS, ...SERVER_GOALS];

/** Every goal held against what was measured. */
export const judgeGoals = (cells: readonly Cell[]): GoalResult[] => GOALS.map(({ id, goal, judge }) => ({ id, goal, ...judge(cells) }));

/** What task modules import: `import { context, transfer } from 'holdfast/worker'`. */
export { move, transfer } from '../core/wire/moving.ts';
export { context, type TaskContext } from './context.ts';

/** What task modules import: `import { context, transfer } from 'holdfast/worker'`. */
export { context, type TaskContext } from './context.ts';
export { transfer } from './transfer.ts';

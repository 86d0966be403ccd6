export { isMovable, move, type Transferable, transferableSymbol, valueSymbol } from '../../core/wire/moving.ts';
export type { PiscinaHistogram, PiscinaHistogramSummary } from './histogram.ts';
export { isWorkerThread, workerData } from './in-thread.ts';
export type { FilledOptions, HoldfastOptions, HoldfastRunOptions, PiscinaOptions } from './options.ts';
export type { RunOptions } from './order.ts';
// What `require` gives is the class, as with Piscina; everything else hangs on it.
export { type CloseOptions, Piscina, Piscina as default, Piscina as 'module.exports' } from './piscina.ts';
export { ArrayTaskQueue, FixedQueue, type PiscinaTask, type Task, type TaskQueue } from './queues.ts';
export type { AbortSignalAny } from './signal.ts';
export { version } from './statics.ts';
export { queueOptionsSymbol } from './symbols.ts';
export type { PiscinaThread } from './thread.ts';

/** On an object that is passed by `move`: what is transferred. */
export const transferableSymbol: unique symbol = Symbol.for('Piscina.transferable') as never;
/** On the same: what is sent in its place. */
export const valueSymbol: unique symbol = Symbol.for('Piscina.valueOf') as never;
/** On a task: what a `taskQueue` sees of it. */
export const queueOptionsSymbol: unique symbol = Symbol.for('Piscina.queueOptions') as never;

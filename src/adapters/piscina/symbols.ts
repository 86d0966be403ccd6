/** On a task: what a `taskQueue` sees of it. */
export const queueOptionsSymbol: unique symbol = Symbol.for('Piscina.queueOptions') as never;

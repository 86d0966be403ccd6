import type { Order } from './order.ts';
import type { TaskQueue } from './queues.ts';

interface Waiting {
  readonly stop: () => void;
}

/** Lets as many tasks into the pool as may run; the others wait in the queue of the caller, which decides which one is next. */
export class Gate {
  readonly #queue: TaskQueue;
  readonly #open: number;
  readonly #start: (order: Order) => void;
  readonly #waiting = new Map<object, Waiting>();
  /** Tasks that are in the pool. */
  running = 0;

  /** @param open how many may be in the pool */
  constructor(queue: TaskQueue, open: number, start: (order: Order) => void) {
    this.#queue = queue;
    this.#open = open;
    this.#start = start;
  }

  get size(): number {
    return this.#queue.size;
  }

  get isFull(): boolean {
    return this.running >= this.#open;
  }

  enter(order: Order): void {
    if (!this.isFull && this.#queue.size === 0) {
      this.#admit(order);
      return;
    }
    const stop = order.whileWaiting(() => {
      this.#waiting.delete(order);
      this.#queue.remove(order);
    });
    this.#waiting.set(order, { stop });
    this.#queue.push(order);
    this.#next();
  }

  leave(): void {
    this.running--;
    this.#next();
  }

  #next(): void {
    while (!this.isFull && this.#queue.size > 0) {
      const order = this.#take();
      if (order === undefined) return;
      this.#admit(order);
    }
  }

  /** A queue that keeps its tasks back, or gives out what it was never given, has none for now. */
  #take(): Order | undefined {
    const order = this.#queue.shift() as Order | null;
    const waiting = order === null ? undefined : this.#waiting.get(order);
    if (order === null || waiting === undefined) return undefined;
    waiting.stop();
    this.#waiting.delete(order);
    return order;
  }

  #admit(order: Order): void {
    this.running++;
    this.#start(order);
  }

  /** Turns away everything that waits, also what the queue would not give out. */
  dropAll(error: () => unknown): void {
    for (const [order, { stop }] of [...this.#waiting]) {
      stop();
      this.#waiting.delete(order);
      this.#queue.remove(order as Order);
      (order as Order).reject(error());
    }
  }
}

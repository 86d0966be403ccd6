import type { Timer } from '../core/clock.ts';

/** A timer of the virtual clock. Once it fired or was cancelled it keeps no reference to its function. */
export class VirtualTimer implements Timer {
  readonly at: number;
  readonly order: number;
  #fn: (() => void) | undefined;

  constructor(at: number, order: number, fn: () => void) {
    this.at = at;
    this.order = order;
    this.#fn = fn;
  }

  ref(): void {}
  unref(): void {}

  get waiting(): boolean {
    return this.#fn !== undefined;
  }

  cancel(): void {
    this.#fn = undefined;
  }

  fire(): void {
    const fn = this.#fn;
    this.#fn = undefined;
    fn?.();
  }
}

/** A binary heap, first the earliest, then the first inserted. Cancelling only marks: the mark is swept when it comes up. */
export class TimerHeap {
  #heap: VirtualTimer[] = [];
  #inserted = 0;
  #cancelled = 0;

  get size(): number {
    return this.#heap.length - this.#cancelled;
  }

  push(at: number, fn: () => void): VirtualTimer {
    const timer = new VirtualTimer(at, this.#inserted++, fn);
    this.#heap.push(timer);
    this.#up(this.#heap.length - 1);
    return timer;
  }

  cancel(timer: VirtualTimer): void {
    if (!timer.waiting) return;
    timer.cancel();
    this.#cancelled++;
    // Timers that are cancelled before they come up must not pile up: half of the heap at most are marks.
    if (this.#cancelled > 32 && this.#cancelled > this.#heap.length / 2) this.#sweep();
  }

  peek(): VirtualTimer | undefined {
    while (this.#heap.length > 0 && !this.#heap[0]!.waiting) {
      this.#removeFirst();
      this.#cancelled--;
    }
    return this.#heap[0];
  }

  pop(): VirtualTimer | undefined {
    const timer = this.peek();
    if (timer !== undefined) this.#removeFirst();
    return timer;
  }

  #removeFirst(): void {
    const last = this.#heap.pop()!;
    if (this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#down(0);
  }

  #sweep(): void {
    this.#heap = this.#heap.filter((timer) => timer.waiting);
    this.#cancelled = 0;
    for (let i = (this.#heap.length >> 1) - 1; i >= 0; i--) this.#down(i);
  }

  #up(start: number): void {
    const heap = this.#heap;
    const timer = heap[start]!;
    let i = start;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(timer, heap[parent]!)) break;
      heap[i] = heap[parent]!;
      i = parent;
    }
    heap[i] = timer;
  }

  #down(start: number): void {
    const heap = this.#heap;
    const timer = heap[start]!;
    let i = start;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
      if (!before(heap[child]!, timer)) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = timer;
  }
}

function before(a: VirtualTimer, b: VirtualTimer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

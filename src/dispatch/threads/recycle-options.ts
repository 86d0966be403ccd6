export interface RecycleOptions {
  /** Most tasks that a thread is handed before it is replaced. */
  readonly tasks: number;
  /** Heap above which it is replaced, in megabytes. */
  readonly heapMb: number;
}

/** A promise with its key: it resolves once, when `open` is called. */
export class Latch<T = void> {
  readonly promise: Promise<T>;
  readonly open: (value: T) => void;
  #state: 'locked' | 'open' = 'locked';

  constructor() {
    let open!: (value: T) => void;
    this.promise = new Promise<T>((resolve) => {
      open = resolve;
    });
    this.open = (value) => {
      this.#state = 'open';
      open(value);
    };
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }
}

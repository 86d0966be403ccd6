/** A promise with its key: settles once, when somebody opens it. */
export class Latch<T = void> {
  readonly promise: Promise<T>;
  readonly open: (value: T) => void;

  constructor() {
    let open!: (value: T) => void;
    this.promise = new Promise<T>((resolve) => {
      open = resolve;
    });
    this.open = open;
  }
}

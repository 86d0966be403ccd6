import type { Message } from './entry.ts';

/** Messages that have no place in the log yet, first in, first out. Bounded by who puts them in. */
export class Mailbox {
  #messages: (Message | undefined)[] = [];
  #head = 0;
  /** What they hold, in bytes, about. */
  bytes = 0;

  get length(): number {
    return this.#messages.length - this.#head;
  }

  put(message: Message): void {
    this.#messages.push(message);
    this.bytes += message.size;
  }

  take(): Message | undefined {
    const message = this.#messages[this.#head];
    if (message === undefined) return undefined;
    this.#messages[this.#head++] = undefined;
    this.bytes -= message.size;
    if (this.#head === this.#messages.length) {
      this.#messages = [];
      this.#head = 0;
    } else if (this.#head > 1024 && this.#head * 2 > this.#messages.length) {
      this.#messages = this.#messages.slice(this.#head);
      this.#head = 0;
    }
    return message;
  }

  /** All that wait. */
  clear(): Message[] {
    const rest = this.#messages.slice(this.#head) as Message[];
    this.#messages = [];
    this.#head = 0;
    this.bytes = 0;
    return rest;
  }
}

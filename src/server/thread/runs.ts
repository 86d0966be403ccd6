import { isPending } from '../../core/foreign/intrinsics.ts';
import { handling, type ServerContext } from '../define/context.ts';
import type { KnownHandler } from './load-server.ts';

const { later } = handling;

/**
 * Runs handlers so that `context()` is theirs. Asynchronous storage knows it wherever a handler goes on, and costs three microseconds a message, because
 * Node then tells of every callback and promise of the thread; so a handler that has shown to be done when it returns gets a variable. One that goes on
 * all the same has the variable until it ends: nothing else is handled meanwhile. What earlier messages have left behind cannot be told from it then: for
 * an error in that time nobody is charged, and the next thread watches, which is to use storage for all.
 */
export class Runs {
  #needed: 'not yet' | 'for good';
  readonly watches: boolean;
  /** Whether the handler that was run last goes on. */
  isPending = false;

  constructor(watches: boolean) {
    this.watches = watches;
    this.#needed = watches ? 'for good' : 'not yet';
  }

  run(handler: KnownHandler, scope: ServerContext, state: unknown, message: unknown): unknown {
    this.isPending = false;
    return handler.goesOn === 'no' && !this.watches
      ? this.#atOnce(handler, scope, state, message)
      : this.#stored(handler, scope, state, message);
  }

  ended(scope: ServerContext | undefined): void {
    if (handling.now === scope) handling.now = undefined;
  }

  #atOnce(handler: KnownHandler, scope: ServerContext, state: unknown, message: unknown): unknown {
    const before = handling.now;
    handling.now = scope;
    try {
      const value = handler.run(state, message);
      this.isPending = isPending(value);
      return value;
    } finally {
      if (this.isPending) this.#learn(handler, 'yes');
      else handling.now = before;
    }
  }

  #stored(handler: KnownHandler, scope: ServerContext, state: unknown, message: unknown): unknown {
    const value = later.run(scope, handler.run, state, message);
    this.isPending = isPending(value);
    this.#learn(handler, this.isPending ? 'yes' : 'no');
    if (this.#needed === 'not yet') later.disable();
    return value;
  }

  #learn(handler: KnownHandler, goesOn: 'yes' | 'no'): void {
    handler.goesOn = goesOn;
    if (goesOn === 'yes') this.#needed = 'for good';
  }
}

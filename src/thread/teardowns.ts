import { append, takeLast } from '../core/foreign/intrinsics.ts';
import type { TaskModule } from './modules/load.ts';

// Taken before code of the user can put something in their place: see core/foreign/intrinsics.ts.
const [AnyError, SeveralErrors] = [Error, AggregateError];
const asText = String;

/** What the modules of a thread want done before it ends. */
export class Teardowns {
  /** Functions, or promises of them, in the order in which their modules were loaded. */
  readonly #wanted: unknown[] = [];
  readonly #first: () => void;
  #state: 'open' | 'called' = 'open';

  /** @param first is called when there is something to do, once */
  constructor(first: () => void) {
    this.#first = first;
  }

  add(module: TaskModule): void {
    const { teardown } = module;
    if (teardown === undefined) return;
    append(this.#wanted, teardown);
    if (this.#wanted.length === 1) this.#first();
  }

  /** Calls them one after another, that of the module that was loaded last first; each at most once, whatever asks. Resolves with what went wrong. */
  async call(): Promise<unknown> {
    if (this.#state === 'called') return undefined;
    this.#state = 'called';
    const errors: unknown[] = [];
    while (this.#wanted.length > 0) {
      try {
        const teardown = await takeLast(this.#wanted);
        if (typeof teardown === 'function') await teardown();
      } catch (error) {
        append(errors, error ?? new AnyError(`It threw ${asText(error)}.`));
      }
    }
    return errors.length < 2 ? errors[0] : new SeveralErrors(errors, 'Several teardowns have failed.');
  }
}

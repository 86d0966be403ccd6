import { contextOfCaller } from '../core/foreign/context.ts';
import { Task, type TaskExtras, type TaskSpec } from '../core/task.ts';
import type { RunOptions } from '../options/types.ts';

/** What a call of `run` gave with its input, beside what its spec says. */
export interface Given {
  readonly key?: string;
  readonly signal?: AbortSignal;
  readonly transferList?: readonly unknown[];
  readonly onProgress?: (value: unknown) => void;
}

/** The two ways to settle the promise that `run` has returned. */
export interface Settle {
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/** One call of `run`. */
export class RunTask extends Task {
  readonly #resolve: (value: never) => void;
  readonly #reject: (error: unknown) => void;

  /** One by one: objects to carry them would be the tenth part of what a task costs in memory. */
  constructor(
    id: number,
    spec: TaskSpec,
    input: unknown,
    acceptedAt: number,
    key: string | undefined,
    resolve: Settle['resolve'],
    reject: Settle['reject'],
    given: Given | undefined,
  ) {
    super(id, spec, input, acceptedAt, key);
    this.#resolve = resolve;
    this.#reject = reject;
    if (given?.transferList !== undefined || given?.onProgress !== undefined) this.extras = extrasOf(given);
    if (spec.asks || given?.onProgress !== undefined) {
      this.extras ??= {};
      this.extras.context = contextOfCaller();
    }
  }

  fulfilled(value: unknown): void {
    this.#resolve(value as never);
  }

  rejected(error: unknown): void {
    this.#reject(error);
  }
}

/** The options of a call whose input moves. A call that sets none of its own has none to check. */
export function withList(options: RunOptions | undefined, list: readonly unknown[]): RunOptions {
  if (options !== undefined && (typeof options !== 'object' || options === null)) return options; // It is refused as it came.
  const given = options?.transferList;
  if (given !== undefined && !Array.isArray(given)) return options!;
  return { ...options, transferList: [...(given ?? []), ...list] as NonNullable<RunOptions['transferList']> };
}

function extrasOf({ transferList, onProgress }: Given): TaskExtras {
  return { ...(transferList === undefined ? {} : { transferList }), ...(onProgress === undefined ? {} : { onProgress }) };
}

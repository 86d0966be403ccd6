/** Stands for "take it from the module". */
export interface FromModule {
  readonly __fromModule: never;
}

type Handler = (input: never) => unknown;

/** Names under which a module exports functions. */
export type ExportsOf<M> = { [K in keyof M]: M[K] extends Handler ? K : never }[keyof M] & string;

/** What `name` may be: an export of the module that is a function, or any where the pool does not know its module. */
export type NameOf<M, R> = 0 extends 1 & M ? string : [R] extends [FromModule] ? ExportsOf<M> : string;

/** What `run` takes: the argument of the export, or `Pool`'s first type parameter. */
export type InputOf<M, R, N extends string> = 0 extends 1 & M
  ? // biome-ignore lint/suspicious/noExplicitAny: an untyped pool takes anything
    any
  : [R] extends [FromModule]
    ? M extends Record<N, (input: infer I, ...rest: never[]) => unknown>
      ? I
      : N extends 'default'
        ? unknown // A module without a default export: the option `name` of the pool says which one is called, and no type knows it.
        : never
    : M;

/** What `run` resolves with: the awaited result of the export, or `Pool`'s second type parameter. */
export type ResultOf<M, R, N extends string> = 0 extends 1 & M
  ? // biome-ignore lint/suspicious/noExplicitAny: an untyped pool gives anything
    any
  : [R] extends [FromModule]
    ? M extends Record<N, (...args: never[]) => infer O>
      ? Awaited<O>
      : unknown
    : R;

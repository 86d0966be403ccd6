/** Options as a caller has given them: those that are undefined left out. */
export type Given<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Options with every default filled in. */
export type Complete<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> };

import type fc from 'fast-check';

/** Everything that fast-check makes and a message between threads can hold. */
export const CLONEABLE: fc.ObjectConstraints = {
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: true,
};

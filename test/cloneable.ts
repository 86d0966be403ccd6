import fc from 'fast-check';

/**
 * Any character, and halves of pairs. To name `binary` instead makes fast-check look up all characters that there are, which costs more than a test.
 */
export const CHARACTER: fc.Arbitrary<string> = fc.nat({ max: 0x10_ffff }).map((code) => String.fromCodePoint(code));

/** Everything that fast-check makes and a message between threads can hold. */
export const CLONEABLE: fc.ObjectConstraints = {
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: true,
};

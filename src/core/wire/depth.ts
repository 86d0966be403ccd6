import { types } from 'node:util';
import { addTo, append, eachIn, eachOf, hasIn, takeLast } from '../foreign/intrinsics.ts';

// Taken before code of the user can put something in their place: see intrinsics.ts.
const { isMap, isSet } = types;
const { isArray } = Array;
const { isView } = ArrayBuffer;
const { keys: keysOf } = Object;
const KnownSet = Set;

/** Deeper than this, what one thread can write another may not be able to read: stacks differ, and so does what lies on them already. */
export const MAX_NESTING = 1_000;
/** Longer arrays are asked for their keys, because most of one may be missing. */
const LONG = 1_000_000;

/**
 * Whether a value is nested so deeply that it may not be readable where it arrives, although it can be cloned here. It costs a walk over all of the value,
 * so it is for errors and progress, and not for results. Objects are visited in the order in which they are cloned.
 */
export function isTooDeep(value: unknown): boolean {
  if (!isContainer(value)) return false;
  const seen = new KnownSet<object>();
  const open: object[] = [value];
  const depths: number[] = [1];
  for (let next = takeLast(open); next !== undefined; next = takeLast(open)) {
    const depth = takeLast(depths)!;
    if (hasIn(seen, next)) continue;
    if (depth > MAX_NESTING) return true;
    addTo(seen, next);
    const inner = containersIn(next);
    for (let i = inner.length - 1; i >= 0; i--) {
      append(open, inner[i]!);
      append(depths, depth + 1);
    }
  }
  return false;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !isView(value);
}

function containersIn(value: object): object[] {
  const found: object[] = [];
  const take = (inner: unknown): void => {
    if (isContainer(inner)) append(found, inner);
  };
  if (isArray(value) && value.length <= LONG) {
    for (let i = 0; i < value.length; i++) take(value[i]);
  } else if (isMap(value)) {
    eachIn(value, (inner, key) => {
      take(key);
      take(inner);
    });
  } else if (isSet(value)) {
    eachOf(value, take);
  } else {
    const keys = keysOf(value);
    for (let i = 0; i < keys.length; i++) take((value as Record<string, unknown>)[keys[i]!]);
  }
  return found;
}

import { types } from 'node:util';
import { isPlain } from '../core/wire/plain-json.ts';
import { corruptLeaf } from './leaves.ts';
import { wrongBigInt, wrongNumber, wrongText } from './wrong-values.ts';

/** What `transfer()` wraps a result in. By its global symbol, for the thread's code is another room. */
const MOVED: unique symbol = Symbol.for('holdfast.transfer') as never;
type Moved = { readonly [MOVED]: true; readonly value: unknown; readonly list: readonly unknown[] };

/**
 * A wrong result in place of a right one, of the same shape. The right one is left as it is: the task may keep it.
 * A result that cannot be cloned is returned unchanged; it fails by itself.
 * @param place chooses what is changed; all copies of a task use the same
 * @param variant chooses what it is changed to
 */
export function corrupted(result: unknown, place: number, variant: number): unknown {
  try {
    if (typeof result === 'object' && result !== null && MOVED in result) {
      const { value, list } = result as Moved;
      return { [MOVED]: true, value: inPlace(value, place, variant), list }; // Its memory leaves the thread, so nothing else holds it.
    }
    return inPlace(structuredClone(result), place, variant);
  } catch {
    return result;
  }
}

function inPlace(value: unknown, place: number, variant: number): unknown {
  switch (typeof value) {
    case 'number':
      return wrongNumber(value, variant);
    case 'bigint':
      return wrongBigInt(value, variant);
    case 'string':
      return wrongText(value, place, variant);
    case 'boolean':
      return !value;
    case 'object':
      return value === null ? variant : inside(value, place, variant);
    default:
      return variant;
  }
}

/** Where no leaf has many values, something that does not belong there is added. */
function inside(value: object, place: number, variant: number): unknown {
  if (corruptLeaf(value, place, variant)) return value;
  if (Array.isArray(value)) value.push(variant);
  else if (types.isMap(value)) value.set('corrupted', variant);
  else if (types.isSet(value)) value.add(`corrupted ${variant}`);
  else if (isPlain(value)) Object.assign(value, { corrupted: variant });
  else return variant; // A class of the platform, with nothing in it that could be changed.
  return value;
}

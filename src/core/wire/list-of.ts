/** Whether it is a list of nothing else. Unlike `every` it looks at holes as well: structured clone keeps them, and they are read as `undefined`. */
export function isListOf(value: unknown, isOne: (one: unknown) => boolean): value is unknown[] {
  if (!Array.isArray(value)) return false;
  for (let i = 0; i < value.length; i++) if (!isOne(value[i])) return false;
  return true;
}

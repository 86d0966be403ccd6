const INDEX_HEAD = '{"index":';
const ZERO = 48;

/** The index of a line of results or dead letters, read from its first bytes; undefined if it is neither. */
export function indexOfRecord(line: Buffer): number | undefined {
  if (line.at(-1) !== 0x7d || line.length < INDEX_HEAD.length + 2) return undefined;
  for (let i = 0; i < INDEX_HEAD.length; i++) if (line[i] !== INDEX_HEAD.charCodeAt(i)) return undefined;
  let index = 0;
  let at = INDEX_HEAD.length;
  for (; at < line.length; at++) {
    const digit = line[at]! - ZERO;
    if (digit < 0 || digit > 9) break;
    index = index * 10 + digit;
  }
  const ends = line[at] === 0x2c || line[at] === 0x7d;
  return ends && at > INDEX_HEAD.length && Number.isSafeInteger(index) ? index : undefined;
}

/** Like `indexOfRecord`, for a line that may be torn: the whole of it must be JSON. */
export function indexOfUntrusted(line: Buffer): number | undefined {
  const index = indexOfRecord(line);
  if (index === undefined) return undefined;
  try {
    JSON.parse(line.toString());
    return index;
  } catch {
    return undefined;
  }
}

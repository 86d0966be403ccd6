/** Bytes of a text as JSON, quotes not counted. Control characters and lone surrogates take six each. */
export function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - 2;
}

/** Half a character would show as six bytes of nothing. */
function prefix(text: string, length: number): string {
  return text.slice(0, length).replace(/[\ud800-\udbff]$/, '');
}

/** The longest beginning of the text that takes at most `bytes` as JSON, with a `…` in place of the rest. */
export function fit(text: string, bytes: number): string {
  if (text.length <= bytes && jsonBytes(text) <= bytes) return text;
  const room = bytes - 3; // "…" in UTF-8
  let fits = 0;
  let tooLong = Math.min(text.length, room) + 1;
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    if (jsonBytes(prefix(text, middle)) <= room) fits = middle;
    else tooLong = middle;
  }
  return `${prefix(text, fits)}…`;
}

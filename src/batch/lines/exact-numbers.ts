/** Looks fast for what may be more than a number of JavaScript holds: sixteen digits in a row, or an exponent of three. */
const SUSPECT = /\d{16}|\d[eE]\+?\d{3}/;
/** Strings, which may hold any digits, and numbers. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const NUMBER = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** Digits and exponent of a decimal number, without zeros at either end. */
function normal(text: string): string {
  const [, whole, fraction = '', exponent = '0'] = NUMBER.exec(text) ?? [];
  if (whole === undefined) return text;
  const digits = (whole + fraction).replace(/^0+/, '');
  const short = digits.replace(/0+$/, '');
  return short === '' ? '0' : `${short}e${Number(exponent) - fraction.length + digits.length - short.length}`;
}

/** The first number in a line of JSON that `JSON.parse` would change; undefined if every number is exact. */
export function inexactNumber(text: string): string | undefined {
  if (!SUSPECT.test(text)) return undefined;
  for (const [token] of text.matchAll(TOKEN)) {
    if (token.charCodeAt(0) === 0x22 || token.length < 5) continue;
    if (normal(token) !== normal(String(Number(token)))) return token;
  }
  return undefined;
}

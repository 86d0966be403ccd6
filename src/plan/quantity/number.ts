/** Digits with or without groups of three, a decimal point, an exponent: `1000`, `1,000`, `1_000`, `1.5`, `.5`, `1e-6`. */
const NUMBER = /^(?:\d{1,3}(?:[,_ ]\d{3})+|\d+)?(?:\.\d+)?(?:e[+-]?\d+)?$/i;
/** Endings of large numbers. A small `m` is refused: it could be read as a thousandth, or as minutes. */
const MULTIPLES: Readonly<Record<string, number>> = { k: 1e3, K: 1e3, M: 1e6, G: 1e9 };

/** The number that a person has written, or `undefined` if it is not one. Never negative. */
export function numberOf(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === '' || !/^[\d.]/.test(trimmed) || !NUMBER.test(trimmed)) return undefined;
  const value = Number(trimmed.replace(/[,_ ]/g, ''));
  return Number.isFinite(value) ? value : undefined;
}

/** As `numberOf`, with the endings k, M and G. */
export function largeNumberOf(text: string): number | undefined {
  const trimmed = text.trim();
  const multiple = MULTIPLES[trimmed.at(-1) ?? ''];
  const value = numberOf(multiple === undefined ? trimmed : trimmed.slice(0, -1));
  return value === undefined ? undefined : value * (multiple ?? 1);
}

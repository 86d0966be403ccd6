/** Which part of their full length the soak tests run: `npm run test:soak -- --short` takes a fiftieth. */
const SHARE = Number(process.env.HOLDFAST_SOAK_SHARE ?? 1);

/** As many as the soak is to run, of so many at full length, but not fewer than `least`. */
export const soaked = (full: number, least: number = 1): number => Math.max(least, Math.round(full * SHARE));

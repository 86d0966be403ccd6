/** Some paths of the Monte Carlo estimate; the same seed gives the same paths, in every copy. */
export interface Batch {
  readonly seed: number;
  readonly paths: number;
}

/** What the paths of a batch paid, in a form that adds up. */
export interface Moments {
  readonly paths: number;
  readonly sum: number;
  readonly sumOfSquares: number;
}

const START = 100;
const STRIKE = 100;
const RATE = 0.05;
const VOLATILITY = 0.2;
const MONTHS = 12;
const DRIFT = (RATE - VOLATILITY ** 2 / 2) / MONTHS;
const SPREAD = VOLATILITY * Math.sqrt(1 / MONTHS);

/** Pay-offs of an Asian call, today's money: what the mean price of twelve month ends is above the strike. */
export default function simulate({ seed, paths }: Batch): Moments {
  const random = generator(seed);
  let sum = 0;
  let sumOfSquares = 0;
  for (let path = 0; path < paths; path++) {
    let price = START;
    let mean = 0;
    for (let month = 0; month < MONTHS; month++) {
      price *= Math.exp(DRIFT + SPREAD * normal(random));
      mean += price / MONTHS;
    }
    const payoff = Math.exp(-RATE) * Math.max(0, mean - STRIKE);
    sum += payoff;
    sumOfSquares += payoff ** 2;
  }
  return { paths, sum, sumOfSquares };
}

/** Mulberry32: numbers from 0 to 1. */
function generator(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b9);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Box and Muller's way to a normal distribution. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

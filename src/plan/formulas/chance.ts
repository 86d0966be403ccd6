/** Standard normal distribution: chance of at most `x`. By the complementary error function of W. J. Cody's kind of continued fraction. */
export function normal(x: number): number {
  const z = Math.abs(x);
  if (z > 38) return x > 0 ? 1 : 0;
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  let tail: number;
  if (z < 3) {
    // Series of the integral from 0 to z: z + z^3/3 + z^5/15 + ...
    let term = z;
    let sum = z;
    for (let n = 3; term > 1e-17 * sum && n < 400; n += 2) {
      term *= (z * z) / n;
      sum += term;
    }
    tail = 0.5 - density * sum;
  } else {
    let fraction = 0;
    for (let n = 60; n > 0; n--) fraction = n / (z + fraction);
    tail = density / (z + fraction);
  }
  return x > 0 ? 1 - tail : tail;
}

/** Chance of `k` or more successes out of `n`, each with chance `p`: summed from `k` upwards, so that tiny ones stay exact. */
export function binomialAtLeast(k: number, n: number, p: number): number {
  if (k <= 0) return 1;
  if (p <= 0 || k > n) return 0;
  if (p >= 1) return 1;
  let log = 0;
  for (let i = 0; i < k; i++) log += Math.log((n - i) / (i + 1));
  let term = Math.exp(log + k * Math.log(p) + (n - k) * Math.log1p(-p));
  let sum = 0;
  for (let i = k; i <= n; i++) {
    sum += term;
    term *= ((n - i) / (i + 1)) * (p / (1 - p));
  }
  return Math.min(1, sum);
}

/** Chances of 0, 1, 2 ... where singles come with mean `singles` and whole groups of `size` with mean `groups`. */
export function compoundPoisson(singles: number, groups: number, size: number): number[] {
  const mean = singles + groups * size;
  const chances = [1];
  let sum = 1;
  // Panjer's recursion, not normalised: where the mean is large, the chance of none is too small for a number.
  for (let n = 1; n < 50 || n < mean || chances[n - 1]! > 1e-19 * sum; n++) {
    const next = (singles * chances[n - 1]! + groups * size * (chances[n - size] ?? 0)) / n;
    chances.push(next);
    sum += next;
    if (sum > 1e250) {
      for (let i = 0; i <= n; i++) chances[i]! *= 1e-250;
      sum *= 1e-250;
    }
    if (n > 50 + 20 * mean + 40 * size * (1 + Math.sqrt(groups))) break;
  }
  return chances.map((chance) => chance / sum);
}

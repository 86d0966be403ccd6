/**
 * Whether the members of `a` and of `b` can be paired so that each pair is equal. Pairs in the given order are tried first,
 * for copies of one calculation fill a collection in the same order; what is left is a matching in a bipartite graph, found by
 * augmenting paths (Kuhn). Greedy pairing would not do: equality within a tolerance is not transitive.
 */
export function pairable<T>(a: readonly T[], b: readonly T[], equal: (a: T, b: T) => boolean): boolean {
  if (a.length !== b.length) return false;
  const partnerOf = new Array<number>(b.length).fill(-1);
  const loose: number[] = [];
  for (let i = 0; i < a.length; i++) {
    if (equal(a[i]!, b[i]!)) partnerOf[i] = i;
    else loose.push(i);
  }
  const augment = (i: number, tried: Set<number>): boolean => {
    for (let j = 0; j < b.length; j++) {
      if (tried.has(j) || !equal(a[i]!, b[j]!)) continue;
      tried.add(j);
      if (partnerOf[j]! < 0 || augment(partnerOf[j]!, tried)) {
        partnerOf[j] = i;
        return true;
      }
    }
    return false;
  };
  return loose.every((i) => augment(i, new Set()));
}

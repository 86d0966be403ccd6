import type { Block, Mark, ThreadNow } from '../frames.ts';

/** Sees from a slot's generation that another thread has taken it over: no event tells when a spare does. */
export class Takeovers {
  readonly #generations = new Map<number, number>();

  seen(threads: readonly ThreadNow[], blocks: readonly Block[]): Mark[] {
    const marks: Mark[] = [];
    for (const { slot, generation, current } of threads) {
      if (slot < 0) continue;
      const before = this.#generations.get(slot);
      this.#generations.set(slot, Math.max(before ?? 0, generation));
      // The first thread of a slot takes nothing over.
      if (before === undefined || before === 0 || generation <= before) continue;
      const first = blocks.find((block) => block[0] === slot && block[1] === generation)?.[2] ?? current?.startedAt;
      if (first !== undefined) marks.push({ at: first, slot, kind: 'takeover', text: `generation ${generation} took over` });
    }
    return marks;
  }
}

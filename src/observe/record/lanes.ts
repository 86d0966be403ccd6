import type { LostWork, Work } from '../../index.ts';
import type { Block, BlockKind } from '../frames.ts';

/** Milliseconds below which neighbours are drawn as one, where nothing forces more. */
const FINEST = 1;
const COARSEST = 256;
/** Blocks that one tick may add for each lane: a tick is about thirty pixels wide where a page shows the least time. */
const PER_LANE = 32;
/** Blocks that one tick may add; above that, longer attempts are drawn together too. */
const [FEWEST, MOST] = [64, 400];
/** How many of the resolution a block of several attempts may span. */
const SPAN = 16;

interface Open {
  readonly slot: number;
  readonly generation: number;
  readonly from: number;
  until: number;
  count: number;
  failed: number;
  kind: BlockKind;
  busy: number;
  readonly first: Work | LostWork;
}

/** Milliseconds with two digits: what a page can draw. */
const round = (ms: number): number => Math.round(ms * 100) / 100;
/** Characters of a name. */
const NAME = 80;

/**
 * What the threads did, as blocks on lanes. All attempts are in them, but at a million a second no one could draw or send each: neighbours that
 * are shorter than a pixel will be are one block with a count. How short that is follows the flood.
 */
export class Lanes {
  readonly #open = new Map<number, Open>();
  #fresh: Block[] = [];
  /** Milliseconds. */
  resolution: number = FINEST;
  #added = 0;
  #most = MOST;
  readonly #lanes = new Set<number>();

  worked(work: Work): void {
    const { times, odd, further } = work;
    const count = times.length - 1;
    const from = times[0]!;
    const until = times[count]!;
    if (odd.length === 0) {
      if (further === undefined) this.#add(work, from, until, count, 0, 'ok');
      else this.#add(work, from, further.until, count + further.count, 0, 'ok', until - from + further.busy);
      return;
    }
    const failed = odd.reduce((sum, [, outcome]) => sum + (outcome === 'surplus' ? 0 : 1), 0);
    if (count === 1) this.#add(work, from, until, count, failed, odd[0]![1]);
    else if ((until - from) / count < this.resolution) this.#add(work, from, until, count, failed, failed > 0 ? odd[0]![1] : 'ok');
    else this.#each(work);
  }

  lost(work: LostWork): void {
    this.#end(work.slot);
    this.#push({
      ...work,
      from: work.startedAt,
      until: work.endedAt,
      count: 1,
      failed: 1,
      kind: work.reason,
      busy: work.endedAt - work.startedAt,
      first: work,
    });
  }

  /** What has come since the last call. */
  take(): Block[] {
    for (const slot of [...this.#open.keys()]) this.#end(slot);
    const taken = this.#fresh;
    this.#fresh = [];
    for (const [slot] of taken) this.#lanes.add(slot);
    this.#most = Math.max(FEWEST, Math.min(MOST, PER_LANE * this.#lanes.size));
    this.#lanes.clear();
    if (this.#added > this.#most) this.resolution = Math.min(COARSEST, this.resolution * 2);
    else if (this.#added < this.#most / 4) this.resolution = Math.max(FINEST, this.resolution / 2);
    this.#added = 0;
    return taken;
  }

  /** Attempts that are long enough to be seen, of which some failed. */
  #each(work: Work): void {
    const outcomes = new Map(work.odd);
    for (let i = 0; i < work.times.length - 1; i++) {
      const kind = outcomes.get(i) ?? 'ok';
      this.#add(work, work.times[i]!, work.times[i + 1]!, 1, kind === 'ok' || kind === 'surplus' ? 0 : 1, kind);
    }
  }

  #add(work: Work, from: number, until: number, count: number, failed: number, kind: BlockKind, busy: number = until - from): void {
    const { slot, generation } = work;
    const open = this.#open.get(slot);
    const short = busy / count < this.resolution;
    if (open !== undefined && short && this.#continues(open, generation, from, until, kind)) {
      open.until = until;
      open.count += count;
      open.failed += failed;
      open.busy += busy;
      if (open.kind === 'ok' || open.kind === 'surplus') open.kind = kind;
      return;
    }
    this.#end(slot);
    const block: Open = { slot, generation, from, until, count, failed, kind, busy, first: work };
    if (short) this.#open.set(slot, block);
    else this.#push(block);
  }

  #continues(open: Open, generation: number, from: number, until: number, kind: BlockKind): boolean {
    if (open.generation !== generation || from - open.until > this.resolution || until - open.from > SPAN * this.resolution) return false;
    // A failure stands out, unless there are so many that they cannot.
    return open.kind === kind || this.#added > this.#most / 2;
  }

  #end(slot: number): void {
    const open = this.#open.get(slot);
    if (open === undefined) return;
    this.#open.delete(slot);
    this.#push(open);
  }

  #push({ slot, generation, from, until, count, failed, kind, busy, first }: Open): void {
    this.#added++;
    const name = first.name.slice(0, NAME);
    this.#fresh.push([
      slot,
      generation,
      round(from),
      round(until),
      count,
      failed,
      kind,
      round(busy),
      first.taskId,
      name,
      first.attempt,
      first.replica,
    ]);
  }
}

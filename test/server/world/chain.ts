import { mix32 } from '../../../src/core/random.ts';
import { context, defineServer, fail } from '../../../src/server/index.ts';
import { world } from './hooks.ts';

export interface Link {
  readonly index: number;
  readonly hash: number;
}

export interface ChainState {
  readonly ids: number[];
  readonly hash: number;
  readonly side: number;
  /** What they went on with. */
  readonly tails: number[];
  readonly tail: number;
}

/** What the n-th message makes of the hash before it: a message that is lost, doubled or out of order changes all that come after. */
export const link = (hash: number, id: number): number => mix32(hash ^ id);

/** The same beside it, in no reply. */
export const aside = (side: number, id: number): number => mix32(side + id);

/** A chain of all messages, whose every reply tells all that came before. */
export default defineServer({
  init: () => ({ ids: [] as number[], hash: 1, side: 1, ticks: 0, tails: [] as number[], tail: 1 }),
  call: {
    add(state, id: number) {
      state.ids.push(id);
      world.fate.halfway(id, context().replaying); // The state is half changed now.
      state.hash = world.fate.spoil(link(state.hash, id));
      state.side = world.fate.spoilSide(aside(state.side, id));
      if (world.fate.goesOn(id)) context().continue(id);
      return { index: state.ids.length, hash: world.fate.spoil(state.hash) };
    },
    refuse: (_state, id: number) => fail(new RangeError(`no ${id}`)),
    throws(state, id: number): number {
      state.ids.push(id);
      throw new TypeError(`thrown ${id}`);
    },
    tick(_state, ms: number) {
      return context().sendAfter(ms, 'tick');
    },
  },
  read: { end: ({ ids, hash }) => ({ index: ids.length, hash: world.fate.spoil(hash) }) },
  cast: {
    put(state, id: number) {
      state.ids.push(id);
      world.fate.halfway(id, context().replaying);
      state.hash = link(state.hash, id);
      state.side = world.fate.spoilSide(aside(state.side, id));
    },
  },
  continue(state, id) {
    state.tails.push(id as number);
    world.fate.halfway(id as number, context().replaying, true);
    state.tail = world.fate.spoilSide(link(state.tail, id as number));
  },
  info: (state) => {
    state.ticks++;
  },
  snapshot: (state) => {
    world.fate.copying();
    return state;
  },
  restore: (state: { ids: number[]; hash: number; side: number; ticks: number; tails: number[]; tail: number }) => state,
});

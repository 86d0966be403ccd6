/** What the simulated world does to a handler that is at work. Set by the world around each turn of a thread. */
export interface Fate {
  /** Called half way through a change of the state, by a message or by what it went on with. May end the thread, by an error that is not seen. */
  halfway(id: number, replaying: boolean, goesOn?: boolean): void;
  /** Spoils a result without a sign, as a bad core does. */
  spoil(value: number): number;
  /** The same for what is in the state and in no reply: only a look at the states themselves can tell. */
  spoilSide(value: number): number;
  /** Called while the state is copied. */
  copying(): void;
  /** Whether a message goes on with something, by `continue`; the same in every thread. */
  goesOn(id: number): boolean;
}

const nothing: Fate = { halfway: () => {}, spoil: (value) => value, spoilSide: (value) => value, copying: () => {}, goesOn: () => false };
export const world: { fate: Fate } = { fate: nothing };
export const calm = (): void => {
  world.fate = nothing;
};

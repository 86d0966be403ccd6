/**
 * - `starting`: loads the task module
 * - `spare`: ready, without a slot
 * - `serving`: has a slot; shown as `ready` or `busy`
 * - `stopping`: told to die, not dead yet; still counts
 * - `orphan`: would not die; does not count, but is listened to
 * - `dead`: its exit was seen
 */
export type Phase = 'starting' | 'spare' | 'serving' | 'stopping' | 'orphan' | 'dead';
/** Every transition that there is. */
export const PHASE_SUCCESSORS: Readonly<Record<Phase, readonly Phase[]>> = {
  starting: ['spare', 'stopping', 'dead'],
  spare: ['serving', 'stopping', 'dead'],
  serving: ['spare', 'stopping', 'dead'],
  stopping: ['orphan', 'dead'],
  orphan: ['dead'],
  dead: [],
};

export type ThreadState = 'starting' | 'spare' | 'ready' | 'busy' | 'stopping' | 'orphan' | 'dead';

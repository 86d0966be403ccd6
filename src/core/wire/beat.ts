/** Milliseconds between two looks of a thread, whose item waits, at whether its event loop turns. */
export const BEAT = 25;

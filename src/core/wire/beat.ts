/** A thread whose item waits looks this often whether its event loop turns; milliseconds. */
export const BEAT = 25;

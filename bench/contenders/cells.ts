import type { Contender } from './contender.ts';
import { holdfast } from './holdfast.ts';

/** The same pool with its threads in child processes. */
export const cells: Contender = {
  name: 'holdfast cells',
  setup: "as holdfast, with isolation: 'process'",
  start: (needs) => holdfast.start({ ...needs, holdfast: { ...needs.holdfast, isolation: 'process' } }),
};

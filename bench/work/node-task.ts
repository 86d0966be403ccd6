import { busy } from './busy.ts';

/** What a task of the benchmark of nodes does: gives back what it got, after the given number of rounds of computing. */
export interface NodeWork {
  readonly rounds: number;
  readonly text: string;
}

export default function work(input: number | NodeWork): number | string {
  if (typeof input === 'number') return input;
  if (input.rounds > 0) busy(input.rounds);
  return input.text;
}

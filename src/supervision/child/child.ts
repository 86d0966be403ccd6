import type { Timer } from '../../core/clock.ts';
import type { Complete } from '../../core/foreign/given.ts';
import type { ExitReason } from '../exit.ts';
import type { Lane } from '../lane.ts';
import type { ChildSettings, Origin, RunningChild } from '../spec.ts';
import type { Launch } from './launch.ts';
import type { Shutdown } from './shutdown.ts';

/**
 * - `stopped`: nothing runs, and nothing will by itself;
 * - `starting`: its `start` is under way;
 * - `running`;
 * - `dead`: its death notice is in, what to do about it is not decided;
 * - `restarting`: to be started again, after a delay or a failed try;
 * - `stopping`: it was asked, or killed, and its death notice is awaited.
 */
export type ChildState =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'starting'; readonly launch: Launch }
  | { readonly kind: 'running'; readonly running: RunningChild }
  | { readonly kind: 'dead'; readonly reason: ExitReason }
  | { readonly kind: 'restarting'; timer: Timer | undefined }
  | { readonly kind: 'stopping'; readonly running: RunningChild; readonly shutdown: Shutdown<Child> };

/** The states of a child by name. */
export type ChildStateName = ChildState['kind'];

export const STOPPED: ChildState = { kind: 'stopped' };

const successors: Record<ChildStateName, readonly ChildStateName[]> = {
  stopped: ['starting', 'restarting'],
  starting: ['running', 'stopped'],
  running: ['dead', 'stopping'],
  dead: ['restarting', 'stopped'],
  restarting: ['starting', 'stopped'],
  stopping: ['stopped'],
};

/** Throws if no child can go from one state to the other: that would be a bug in here. */
export function checkTransition(child: Child, to: ChildStateName): void {
  const from = child.state.kind;
  if (!successors[from].includes(to)) throw new Error(`Child ${JSON.stringify(child.id)} cannot go from ${from} to ${to}.`);
}

/** One child of one supervisor. Its state is changed by the roster alone. */
export class Child {
  readonly id: string;
  readonly settings: Complete<ChildSettings>;
  readonly lane: Lane;
  /** Dropped as soon as it is certain that the child is never started again, and with it all that `start` holds on to. */
  origin: Origin | undefined;
  state: ChildState = STOPPED;
  restarts = 0;
  /** Neighbours in the order of start. */
  previous: Child | undefined;
  next: Child | undefined;

  constructor(id: string, settings: Complete<ChildSettings>, lane: Lane, origin: Origin) {
    this.id = id;
    this.settings = settings;
    this.lane = lane;
    this.origin = origin;
  }
}

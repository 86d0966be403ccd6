import type { FromCell, ToCell } from '../processes/protocol.ts';

/** What a node is, as it announces it. */
export interface Card {
  readonly host: string;
  readonly pid: number;
  /** What copies of a task should not have in common; by default the node itself. */
  readonly domain: string;
  readonly threads: number;
  readonly isolation: 'thread' | 'process';
  /** SHA-256 of the task module. */
  readonly module: string;
  readonly version: string | undefined;
  readonly holdfast: string;
  readonly node: string;
  /** Milliseconds between two beats. */
  readonly beat: number;
  /** Whether it takes new sessions. */
  readonly open: boolean;
  /** Threads that work for pools, and pools that it serves, when the card was made. */
  readonly used: number;
  readonly sessions: number;
}

/** What has to be the same on both sides. */
export type Demands = Pick<Card, 'module' | 'version' | 'holdfast' | 'node'>;

/** A pool asks a node to serve it. */
export interface Knock {
  readonly session: string;
  readonly demands: Demands;
  readonly settings: NodeSettings;
  /** Milliseconds without a word of the manager, while the broker answers, after which it is held to be gone. */
  readonly silence: number;
  readonly maxPayload: number;
}

/** Settings of the pool that its threads have, wherever they are. */
export interface NodeSettings {
  readonly name: string;
  readonly runLimit: number;
  /** Megabytes; `Infinity`: no limit. */
  readonly heapMb: number;
  readonly terminateTimeout: number;
  readonly resourceLimits: object | undefined;
  readonly workerData: unknown;
  readonly env: NodeJS.ProcessEnv | undefined;
  readonly argv: readonly string[] | undefined;
  readonly execArgv: readonly string[] | undefined;
  readonly faults: { readonly module: string; readonly plan: unknown } | undefined;
  /** Tasks run in the context of their spans. Each node has the module for it in a place of its own. */
  readonly traced: boolean;
}

/** Why a node does not serve a pool: what differs, and the two values. */
export interface Refusal {
  readonly what: string;
  readonly pool: string;
  readonly node: string;
}

/** Manager to node. The messages to a cell, and those that only a node needs. */
export type ToNode =
  | Exclude<ToCell, { do: 'init' | 'start' }>
  | { readonly do: 'start'; readonly thread: number }
  /** How far is this thread? The answer comes behind everything that the thread has said until then. */
  | { readonly do: 'ask'; readonly thread: number }
  | { readonly do: 'end' };

/** Node to manager. */
export type FromNode =
  | FromCell
  | { readonly tell: 'answer'; readonly thread: number }
  | { readonly tell: 'welcome'; readonly threads: number; readonly others: number }
  | { readonly tell: 'refused'; readonly refusal: Refusal }
  /** How many of its threads serve other pools. */
  | { readonly tell: 'others'; readonly others: number }
  /** It takes no new threads, and goes when those it has are gone. */
  | { readonly tell: 'leaving' }
  /** It is gone, of its own accord. */
  | { readonly tell: 'bye' };

/**
 * How far a thread is. Numbers only: the thread, the last bundle that it has looked at, how long ago its current item started, what it is
 * doing, for how long its item was kept waiting, bytes of heap; and of each bundle that has not been reported in full its number, claimed, finished.
 */
export type Marks = readonly number[];
/** What a thread may be doing, beside running its item: bits. */
export const DOING = { sends: 1, loads: 2 } as const;

/** A message, and bytes beside it: as they are, or the key under which the broker keeps them. */
export type Parcel<M> = readonly [message: M, body?: Uint8Array | string];

/** What travels: whose frame it is, the how-manieth, how many of the other side have been dealt with, marks, messages. */
export type Frame<M> = readonly [session: string, number: number, ack: number, marks: readonly Marks[], parcels: readonly Parcel<M>[]];

export const downOf = (session: string): string => `{${session}}:down`;
export const upOf = (session: string): string => `{${session}}:up`;
export const doorOf = (name: string, node: string): string => `{${name}}:door:${node}`;
export const keyOf = (session: string, number: number, from: 'down' | 'up'): string => `{${session}}:${from}:${number}`;

import type { Failure } from '../core/failure.ts';
import type { Context } from '../core/foreign/context.ts';
import { Task, type TaskSpec } from '../core/task.ts';
import { unmoved } from '../core/wire/moving.ts';
import type { OpenItem, OpenItems } from './open-items.ts';
import type { Source } from './source.ts';
import { FULFILLED, REJECTED, type Status } from './window.ts';

/** What a map needs of its pool. */
export interface MapHost {
  readonly spec: TaskSpec;
  now(): number;
  nextId(): number;
  keyOf(input: unknown): string | undefined;
  refusal(key: string | undefined): Failure | undefined;
  /** Why the pool takes no more tasks of anybody, or `undefined`. */
  ended(): Failure | undefined;
  /** Calls back when that happens. Returns what undoes it. */
  whenEnded(callback: () => void): () => void;
  accept(task: Task): void;
  giveUp(task: Task, failure: Failure): void;
}

export interface MapParts {
  readonly host: MapHost;
  readonly source: Source;
  readonly ordered: boolean;
  readonly window: number;
  readonly signal: AbortSignal | undefined;
  /** `values`: results; the first failure ends it. `outcomes`: a `Settled` for every item. */
  readonly yields: 'values' | 'outcomes';
}

/** Who waits for the outcomes of a map's items. */
interface Outcomes {
  readonly open: OpenItems<MapTask>;
  settled(index: number, status: Status, outcome: unknown): void;
}

/** An item of a map on its way. */
export class MapTask extends Task implements OpenItem {
  readonly index: number;
  readonly map: Outcomes;
  /** Neighbours among the open items of the map. */
  earlier: OpenItem | undefined = undefined;
  later: OpenItem | undefined = undefined;

  constructor(index: number, map: Outcomes, host: MapHost, input: unknown, key: string | undefined, context: Context | undefined) {
    super(host.nextId(), host.spec, unmoved(input), host.now(), key);
    this.index = index;
    this.map = map;
    if (context !== undefined) this.extras = { context };
  }

  fulfilled(value: unknown): void {
    this.map.open.remove(this);
    this.map.settled(this.index, FULFILLED, value);
  }

  rejected(reason: unknown): void {
    this.map.open.remove(this);
    this.map.settled(this.index, REJECTED, reason);
  }
}

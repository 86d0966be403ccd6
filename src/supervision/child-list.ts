import { type Child, type ChildState, checkTransition } from './child/child.ts';

/** How many children a supervisor has. */
export interface ChildCount {
  /** Child specs: all children, running or not; of a simple supervisor 1, its template. */
  specs: number;
  /** Those that run. */
  active: number;
  /** Those of type `'supervisor'`, running or not. */
  supervisors: number;
  /** Those of type `'worker'`, running or not. */
  workers: number;
}

/** The children of one supervisor in the order of their start, and the only place where their states change. No call costs more with more children. */
export class Roster {
  readonly #byId = new Map<string, Child>();
  #last: Child | undefined;
  #active = 0;
  #supervisors = 0;
  #significantUp = 0;

  get(id: string): Child | undefined {
    return this.#byId.get(id);
  }

  /** Significant children that are not stopped. */
  get significantUp(): number {
    return this.#significantUp;
  }

  /** Adds a child, stopped, behind all others. */
  add(child: Child): void {
    this.#byId.set(child.id, child);
    child.previous = this.#last;
    if (this.#last !== undefined) this.#last.next = child;
    this.#last = child;
    if (child.settings.type === 'supervisor') this.#supervisors++;
  }

  /** Removes a child that is stopped. */
  remove(child: Child): void {
    if (this.#byId.get(child.id) !== child) return;
    this.#byId.delete(child.id);
    if (child.previous !== undefined) child.previous.next = child.next;
    if (child.next === undefined) this.#last = child.previous;
    else child.next.previous = child.previous;
    // No links stay: an orphan that a caller still references would hold all that were removed after it.
    child.previous = undefined;
    child.next = undefined;
    child.origin = undefined;
    if (child.settings.type === 'supervisor') this.#supervisors--;
  }

  become(child: Child, state: ChildState): void {
    checkTransition(child, state.kind);
    const { kind } = child.state;
    if (kind === 'running') this.#active--;
    if (state.kind === 'running') this.#active++;
    if (child.settings.significant) this.#significantUp += Number(kind === 'stopped') - Number(state.kind === 'stopped');
    child.state = state;
  }

  count(): ChildCount {
    const specs = this.#byId.size;
    return { specs, active: this.#active, supervisors: this.#supervisors, workers: specs - this.#supervisors };
  }

  /** All, in the order of start. */
  all(): Child[] {
    return [...this.#byId.values()];
  }

  /** Those behind `child`, or all, in the order of start. */
  after(child: Child | undefined): Child[] {
    const tail: Child[] = [];
    for (let one = this.#last; one !== child && one !== undefined; one = one.previous) tail.push(one);
    return tail.reverse();
  }
}

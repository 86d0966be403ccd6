/** What became of one seed. */
export interface SimulationReport {
  readonly seed: number;
  /** Accepted tasks; what was refused is not counted. */
  readonly tasks: number;
  readonly events: number;
  /** Virtual milliseconds. */
  readonly time: number;
  readonly hash: string;
  /** How often which fault struck, and what else the log counts. */
  readonly counts: Readonly<Record<string, number>>;
  readonly outcomes: ReadonlyMap<string, number>;
  /** What did not hold; `undefined` if everything did. */
  readonly violation: string | undefined;
}

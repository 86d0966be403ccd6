/** What became of one world. */
export interface Outcome {
  readonly seed: number;
  readonly messages: number;
  readonly answered: number;
  readonly rejected: number;
  readonly deaths: number;
  readonly spoiled: number;
  readonly convictions: number;
  readonly wrong: number;
  /** How often each kind of death has struck at each moment. */
  readonly struck: ReadonlyMap<string, number>;
}

/** When an attempt that takes long gets a second one beside it, with every default filled in. */
export interface HedgeRules {
  /** Milliseconds from the start of the attempt; `'p95'`: 95 of 100 tasks of the same export have been faster. */
  readonly after: 'p95' | number;
  /** Thread time that copies may take, as a share of what the tasks that name the same share take without them; 0 to 1. */
  readonly budget: number;
}

/** Who runs the jobs. */
export const TOOLS = ['holdfast run', 'GNU parallel', 'xargs -P', 'plain loop'] as const;
export type Tool = (typeof TOOLS)[number];

/** One piece of work, in the words of each tool. */
export interface RealJob {
  readonly name: string;
  /** What it is, in a sentence. */
  readonly about: string;
  /** Makes the input in the current directory; `scale` is the share of its full size. */
  prepare(scale: number): Prepared | Promise<Prepared>;
  /** A shell line for each tool. The results go into `out`. */
  readonly lines: Readonly<Record<Tool, string>>;
  /** The result that a line of `out` holds; undefined if the line is not a result. */
  read?(line: string): { readonly id: string } | undefined;
  /** Puts back what a run has changed. */
  again?(): void;
}

/** What is known of the input. */
export interface Prepared {
  /** The result of each line that has one, by its id. */
  readonly expected: ReadonlyMap<string, unknown>;
  /** Lines that cannot have a result, by what a message must name. */
  readonly bad: readonly string[];
  /** Length of the input. */
  readonly bytes: number;
}

/** Holdfast writes records, the others write what the task gives back. */
export function resultOf(line: string): { readonly id: string } | undefined {
  try {
    const parsed = JSON.parse(line) as { id: string } | { index: number; value: { id: string } };
    return 'value' in parsed ? parsed.value : parsed;
  } catch {
    return undefined;
  }
}

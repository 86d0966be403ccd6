import type { BatchProgress } from '../../../batch/index.ts';

/** Where a run shows how far it is. All of it goes to standard error. */
export interface Display {
  progress(progress: BatchProgress): void;
  /** A line of our own. */
  print(line: string): void;
  /** What tasks have printed. */
  pass(bytes: Buffer): void;
  /** No more progress; what is printed now stays. */
  stop(): void;
}

/** The stream to show on. */
export type Screen = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number; hasColors?(): boolean };

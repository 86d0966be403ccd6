import type { BatchJobOptions, BatchProgress, BatchSummary } from '../../batch/index.ts';
import type { Carried } from './carried.ts';

/** The work of the manager; plain data. */
export interface RunRequest {
  /** Options of the job and of its pool. */
  readonly job: Omit<BatchJobOptions, 'signal' | 'onProgress' | 'onNote' | 'onPool'> & Record<string, unknown>;
  /** Descriptors that paths of the job lead to; the manager is given them under the same numbers. */
  readonly descriptors: readonly number[];
  /** Field of the input whose value is the quarantine key. */
  readonly quarantine: string | undefined;
  /** Where the page and the metrics are served. `pageNeeded`: numbers alone would not do. */
  readonly observe: { readonly host: string; readonly port: number; readonly pageNeeded: boolean } | undefined;
  readonly carried?: Carried | undefined;
  /** The file that the report goes to. */
  readonly report: string | undefined;
}

/** From the command line to the manager. */
export type ToManager =
  /** `data`: the descriptor of the command line's standard output. */
  { readonly type: 'begin'; readonly request: RunRequest; readonly data: number } | { readonly type: 'drain' };

/** From the manager to the command line. */
export type FromManager =
  /** `page`: there is one at that address; otherwise there are metrics alone. */
  | { readonly type: 'observer'; readonly url: string; readonly page: boolean }
  /** The outputs are its own, the journal is read; from now on a new manager resumes. */
  | { readonly type: 'begun' }
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'progress'; readonly progress: BatchProgress }
  | { readonly type: 'ended'; readonly summary: BatchSummary }
  /** `before`: nothing was begun. `during`: it had to stop half way. */
  | {
      readonly type: 'failed';
      readonly phase: 'before' | 'during';
      readonly code: string;
      readonly message: string;
      readonly causes: readonly string[];
      /** The broker of its nodes was lost, which may be so for this manager alone. */
      readonly brokerLost?: true;
    };

/** What a manager tells of a job. */
export interface JobNews {
  readonly about: 'job';
  readonly state: 'begins' | 'goes on' | 'ended' | 'given back' | 'refused' | 'lost';
  readonly out: string;
  readonly detail: string;
}

/** From a node to one of its managers. */
export type ToManager =
  | { readonly type: 'begin'; readonly url: string; readonly name: string; readonly node: string }
  /** Finish what has begun, give the job back, and end. */
  | { readonly type: 'drain' };

/** From a manager to its node. */
export type FromJobManager =
  /** It waits for jobs. */
  | { readonly type: 'ready' }
  /** It cannot: `BullMQ` is missing, or Redis cannot be reached. */
  | { readonly type: 'unable'; readonly message: string }
  | { readonly type: 'news'; readonly news: JobNews };

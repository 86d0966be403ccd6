/** A node as the broker shows it. */
export interface Sighting {
  readonly node: string;
  /** What the node announced last. A beat differs from the one before it, so that one who looks again can tell whether the node lives. */
  readonly beat: string;
  /** Whether the broker has a connection with the node; `undefined` if the broker does not tell. */
  readonly connected: boolean | undefined;
}

/** What comes out of a channel. Nothing is called after `close`. */
export interface Hearing {
  /** Frames come in the order of their numbers. A gap is a loss, and is the hearer's to notice. */
  frame(number: number, bytes: Uint8Array): void;
  /** It is being read for the first time. */
  begun?(): void;
  /** The channel is gone: it was cut off, or it expired. Nothing more will come. */
  gone(): void;
}

export interface Reader {
  /** Why it has been able to read nothing for some time, although the broker answers; `undefined`: it reads. */
  readonly deaf: Error | undefined;
  close(): void;
}

/**
 * What the pool needs of a broker that stands between it and its nodes, and nothing else. A name is what pool and nodes have in common; a channel goes
 * in one direction and has one sender and one reader. All that is kept at the broker has an expiry, which is renewed while it is in use.
 *
 * Nothing here tells a dead broker from a slow one. A promise may stay open as long as the broker is away, and rejects with a `BrokerError` if the
 * broker refused; then nothing was done, or it was done and will be found to have been done when it is tried again.
 */
export interface Link {
  /** The last thing that went wrong with the broker; `undefined` while all is well. */
  readonly trouble: Error | undefined;
  /** Why none of its readers has been able to read for some time, although the broker answers; `undefined`: one of them reads, or there is none. */
  readonly deaf: Error | undefined;
  /** Resolves when the broker was reached and is fit. @throws {BrokerError} if it never will be */
  open(): Promise<void>;
  /** This node is there. @param card what it is */
  announce(name: string, node: string, beat: string, card: Uint8Array, ttl: number): Promise<void>;
  /** The nodes of a name. An answer is proof that the broker lives, and takes what is sent. */
  watch(name: string): Promise<readonly Sighting[]>;
  card(name: string, node: string): Promise<Uint8Array | undefined>;
  /** The node is not there any more. */
  forget(name: string, node: string): Promise<void>;
  /** Makes a channel, which is empty. */
  create(channel: string, ttl: number): Promise<void>;
  /** Renews the expiry of channels. */
  renew(channels: readonly string[], ttl: number): Promise<void>;
  /** @param number of the frame, from 1 in steps of 1; `undefined` in a channel with several senders, whose frames are not numbered */
  send(channel: string, number: number | undefined, bytes: Uint8Array): Promise<'sent' | 'gone'>;
  /** Reads a channel from its beginning. @param numbered whether its sender numbers the frames; otherwise they are counted here. @default true */
  receive(channel: string, hearing: Hearing, numbered?: boolean): Reader;
  /** Keeps what is too large for a frame. */
  put(key: string, bytes: Uint8Array, ttl: number): Promise<void>;
  /** Fetches what was kept, once. `undefined` if it is lost. */
  take(key: string): Promise<Uint8Array | undefined>;
  /** Ends a channel: from now on nothing is sent or read. Resolves with the number of the last frame that its reader was given; `undefined`: not known. */
  cutOff(channel: string): Promise<number | undefined>;
  close(): Promise<void>;
}

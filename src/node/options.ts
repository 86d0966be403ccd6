import { availableParallelism } from 'node:os';
import { parseBrokerUrl } from '../core/broker/broker-url.ts';
import { type Check, fn, oneOf, shaped, string, whole } from '../options/checks.ts';
import { moduleFile } from '../options/module-file.ts';
import { BROKER_TIMEOUT, nodeName } from '../options/nodes.ts';

/** What a node tells of itself while it runs. */
export interface NodeNews {
  /**
   * - `session`: a pool is served (`open`), was refused, or is served no more (`ended`)
   * - `broker`: Redis does not answer (`lost`), or answers again (`back`)
   */
  readonly about: 'session' | 'broker';
  /** What has become of it. */
  readonly state: 'open' | 'refused' | 'ended' | 'lost' | 'back';
  /** The session, and why, as far as that is known. */
  readonly detail: string;
}

/** Options of `startNode`. */
export interface NodeOptions {
  /** The Redis through which pools find this node. @default the environment variable `HOLDFAST_NODES` */
  readonly url?: string | undefined;
  /** Name that pools and nodes have in common. @default 'default' */
  readonly name?: string | undefined;
  /** The task module, the same as that of the pools. */
  readonly filename: string | URL;
  /** Threads that are lent to pools. @default os.availableParallelism() */
  readonly threads?: number | undefined;
  /** What may fail together with this node, such as a rack: copies of a task go to different domains. @default the node itself */
  readonly domain?: string | undefined;
  /** Where tasks run: `'process'` survives native crashes. @default 'process' */
  readonly isolation?: 'thread' | 'process' | undefined;
  /** A version of your own, which pools must have as well. @default none */
  readonly version?: string | undefined;
  /** Milliseconds between two beats. @default 250 */
  readonly beat?: number | undefined;
  /** Milliseconds in which Redis must be reached at first; later the node waits for it as long as it takes. @default 30_000 */
  readonly brokerTimeout?: number | undefined;
  /** The Node executable that cells run. @default process.execPath */
  readonly execPath?: string | undefined;
  /** Called with what happens. @default none */
  readonly onNews?: ((news: NodeNews) => void) | undefined;
}

/** With every default filled in. */
export interface ResolvedNode {
  readonly url: string;
  readonly name: string;
  readonly filename: string;
  readonly threads: number;
  readonly domain: string | undefined;
  readonly isolation: 'thread' | 'process';
  readonly version: string | undefined;
  readonly beat: number;
  readonly brokerTimeout: number;
  readonly execPath: string | undefined;
  readonly onNews: ((news: NodeNews) => void) | undefined;
}

const shape = shaped<ResolvedNode>({
  url: string,
  name: nodeName,
  filename: moduleFile,
  threads: whole(1, 'threads'),
  domain: nodeName,
  isolation: oneOf('thread', 'process'),
  version: string,
  beat: whole(10, 'milliseconds'),
  brokerTimeout: whole(1, 'milliseconds'),
  execPath: string,
  onNews: fn as Check<NonNullable<NodeOptions['onNews']>>,
});

/** The URL of the broker: as given, or from the environment. @throws {InvalidOptionError} `ERR_INVALID_OPTION` */
export function brokerUrlOf(given: string | undefined): string {
  const url = given ?? process.env.HOLDFAST_NODES ?? '';
  parseBrokerUrl(url, given === undefined ? 'url, HOLDFAST_NODES' : 'url');
  return url;
}

/** @throws {InvalidOptionError | OptionRangeError} `ERR_INVALID_OPTION` */
export function resolveNode(options: NodeOptions): ResolvedNode {
  const given = shape(options, 'options');
  return {
    name: 'default',
    threads: availableParallelism(),
    domain: undefined,
    isolation: 'process',
    version: undefined,
    beat: 250,
    brokerTimeout: BROKER_TIMEOUT,
    execPath: undefined,
    onNews: undefined,
    ...given,
    filename: given.filename ?? moduleFile(undefined, 'filename'),
    url: brokerUrlOf(given.url),
  };
}

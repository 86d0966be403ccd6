import { ownOf } from '../core/foreign/foreign.ts';
import type { TaskSpec } from '../core/task.ts';
import { object, shaped, wrongType } from '../options/checks.ts';
import type { Specs } from '../options/run-options.ts';
import { MapRun } from './map.ts';
import { MAP_SHAPE, type MapOptions } from './map-options.ts';
import type { MapHost, MapParts } from './map-task.ts';
import { RefusedMap } from './refused-map.ts';
import { sourceOf } from './source.ts';

/** Items in the window, for each thread. */
const A_THREAD = 256;
/** Items in the window where it is not known how many threads there will be. */
const UNKNOWN = 4_096;

export type AnySource = Iterable<unknown> | AsyncIterable<unknown>;

/** What a map needs of its pool. */
interface MapPool {
  readonly specs: Specs;
  readonly admission: { forMap(spec: TaskSpec, key: string | undefined): MapHost };
  readonly options: { readonly threads: { readonly max: number } };
}

/** Never throws: what is wrong with the options is thrown by the iterator. */
export function startMap(
  pool: MapPool,
  source: AnySource,
  options: MapOptions | undefined,
  yields: MapParts['yields'],
): MapRun | RefusedMap {
  try {
    return mapOf(pool, source, options, yields);
  } catch (error) {
    return new RefusedMap(error);
  }
}

function mapOf(pool: MapPool, source: AnySource, options: MapOptions = {}, yields: MapParts['yields']): MapRun {
  const { ordered, window, ...rest } = ownOf(object(options, 'options')) as MapOptions;
  const settings = shaped(MAP_SHAPE)({ ordered, window }, 'options');
  const { spec, given } = pool.specs.resolve(rest);
  const { max } = pool.options.threads;
  if (given.transferList !== undefined) wrongType('transferList', 'nothing here: map copies its items', given.transferList);
  return new MapRun({
    host: pool.admission.forMap(spec, given.key),
    source: sourceOf(source),
    ordered: settings.ordered ?? true,
    window: settings.window ?? (max === Number.POSITIVE_INFINITY ? UNKNOWN : A_THREAD * max),
    signal: given.signal,
    yields,
  });
}

import { fromBytes } from '../../../src/core/wire/bytes.ts';
import type { Link } from '../../../src/executors/nodes/link/link.ts';

/** What has left the manager: the frames as they were sent, which are looked into only if somebody asks. */
export class Departures {
  readonly #frames: Uint8Array[] = [];
  readonly #known = new Set<number>();

  /** The link of the manager, with what it sends written down. */
  watched(link: Link): Link {
    const send: Link['send'] = (channel, number, bytes) => {
      if (number !== undefined) this.#frames.push(bytes);
      return link.send(channel, number, bytes);
    };
    return new Proxy(link, {
      get: (target, name) => {
        if (name === 'send') return send;
        const value = Reflect.get(target, name, target) as unknown;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }

  /** @param id the pool's own number of a task */
  has(id: number): boolean {
    for (const bytes of this.#frames.splice(0)) {
      const [, , , , parcels] = fromBytes(bytes) as readonly [
        string,
        number,
        number,
        unknown,
        readonly [{ readonly ids?: readonly number[] }][],
      ];
      for (const [{ ids = [] }] of parcels) for (const one of ids) this.#known.add(one);
    }
    return this.#known.has(id);
  }
}

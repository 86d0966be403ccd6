import type { Sighting } from './link.ts';

/** Which nodes have a connection with the broker, by the numbers of their connections, which they announce with their beats. */
export class Presence {
  /** Connections of the nodes that were there at the last look. */
  asked: readonly string[] = [];
  /** Connections that were seen since ours was made: the numbers of one that the broker never had tell nothing, as after its restart. */
  readonly #seen = new Set<string>();
  /** Those that have ended since, and the beat that was there when they were missed. */
  readonly #ended = new Map<string, string>();

  /** Our own connection is another one. */
  forget(): void {
    this.#seen.clear();
    this.#ended.clear();
  }

  /**
   * @param beats as they were announced, by node
   * @param list what the broker tells of the connections that were asked for; `undefined`: nothing
   */
  judge(beats: Readonly<Record<string, string>>, list: string | undefined): Sighting[] {
    const living = list === undefined ? undefined : new Set(Array.from(list.matchAll(/^id=(\d+)/gm), ([, id]) => id!));
    const asked = new Set(this.asked);
    for (const id of living ?? []) this.#seen.add(id);
    const sightings = Object.entries(beats).map(([node, beat]) => {
      const client = beat.slice(beat.indexOf(':') + 1);
      return { node, beat, client, connected: asked.has(client) && living !== undefined ? this.#lives(client, beat, living) : undefined };
    });
    this.asked = sightings.flatMap(({ client }) => (client === '' ? [] : client));
    const named = new Set(this.asked);
    for (const known of [this.#seen, this.#ended]) for (const id of known.keys()) if (!named.has(id)) known.delete(id);
    return sightings.map(({ node, beat, connected }) => ({ node, beat, connected }));
  }

  /** A beat that comes when its connection is known to have ended was sent over it late, or again over another: its node may well be there. */
  #lives(client: string, beat: string, living: ReadonlySet<string>): boolean | undefined {
    if (!this.#seen.has(client)) return undefined;
    if (living.has(client)) return true;
    const missed = this.#ended.get(client) ?? beat;
    this.#ended.set(client, missed);
    return missed === beat ? false : undefined;
  }
}

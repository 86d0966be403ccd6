import { BrokerError } from '../../core/broker/broker-error.ts';
import type { NodeDownReason } from '../../core/broker/node-down.ts';
import type { Clock } from '../../core/clock.ts';
import { everyOf, type NodeEvents, type NodesSettings, ttlOf } from './fleet-host.ts';
import type { Link, Sighting } from './link/link.ts';
import { foundNode, lossOf, type NodeRecord } from './node-record.ts';
import { Places } from './places.ts';
import type { Demands, NodeSettings } from './protocol.ts';
import { cardOf } from './protocol-check.ts';
import { Pulse } from './pulse.ts';
import { Session, type SessionHost } from './session.ts';
import { Spread } from './spread.ts';
import { Convictions } from './standing/convictions.ts';
import { Vigil } from './vigil.ts';

interface FleetParts {
  readonly link: Link;
  readonly clock: Clock;
  readonly nodes: NodesSettings;
  readonly demands: Demands;
  readonly settings: NodeSettings;
  readonly events: NodeEvents;
}

/** The nodes of a pool: finds them, has sessions with them, gives threads a place, and buries the dead. */
export class Fleet {
  readonly #parts: FleetParts;
  readonly #records = new Map<string, NodeRecord>();
  readonly places: Places = new Places(() => this.#records.values());
  readonly #convictions = new Convictions();
  readonly #vigil: Vigil;
  readonly #spread: Spread;
  readonly #every: number;
  readonly #ttl: number;
  #renewIn = 0;
  #state: 'opening' | 'open' | 'closed' = 'opening';

  constructor(parts: FleetParts) {
    const { link, clock, nodes, events } = parts;
    this.#parts = parts;
    this.#every = everyOf(nodes);
    this.#ttl = ttlOf(nodes);
    const shared = (): void => void events.tally.sharedDomains++;
    this.#spread = new Spread(nodes.spread, () => this.#domains(), shared);
    this.#vigil = new Vigil({
      link,
      clock,
      name: nodes.name,
      every: this.#every,
      brokerTimeout: nodes.brokerTimeout,
      sighted: (sightings, elapsed) => this.#sighted(sightings, elapsed),
      lost: (error) => {
        events.brokerLost(error);
        this.places.unknown();
      },
      back: (milliseconds) => events.brokerBack(milliseconds),
      failed: (error) => this.#failed(error),
    });
    void link.open().then(
      () => {
        if (this.#state === 'opening') this.#state = 'open';
      },
      (error) => {
        if (this.#state !== 'closed') this.#failed(error);
      },
    );
  }

  get records(): readonly NodeRecord[] {
    return [...this.#records.values()];
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#vigil.close();
    const { clock, link } = this.#parts;
    const ends = this.#sessions().map(async (session) => {
      await session.end();
      for (const channel of session.channels) await link.cutOff(channel);
    });
    await new Promise<void>((resolve) => {
      const timer = clock.setTimeout(resolve, 4 * this.#every);
      void Promise.allSettled(ends).then(() => {
        clock.clearTimeout(timer);
        resolve();
      });
    });
    await link.close();
  }

  /** The broker cannot be relied on. */
  #failed(error: Error): void {
    this.#vigil.close();
    this.#parts.events.failed(error);
  }

  #sessions(): Session[] {
    return this.records.flatMap(({ session }) => session ?? []);
  }

  *#domains(): Generator<string> {
    for (const { session } of this.#records.values()) if (session?.state === 'open' && session.threads.size > 0) yield session.domain.name;
  }

  #sighted(sightings: readonly Sighting[], elapsed: number): void {
    const seen = new Map(sightings.map((sighting) => [sighting.node, sighting]));
    for (const record of this.records) this.#check(record, seen.get(record.id), elapsed);
    for (const { node } of sightings) if (!this.#records.has(node)) void this.#meet(node);
    for (const session of this.#sessions()) session.look();
    this.#renewIn -= elapsed;
    if (this.#renewIn <= 0) this.#renew();
    this.places.looked();
    this.places.place();
  }

  #renew(): void {
    this.#renewIn = this.#ttl / 4;
    const channels = this.#sessions().flatMap((session) => session.channels);
    if (channels.length > 0) void this.#parts.link.renew(channels, this.#ttl).catch(() => {});
  }

  #check(record: NodeRecord, sighting: Sighting | undefined, elapsed: number): void {
    const { pulse, state } = record;
    if (pulse === undefined) return;
    const { late } = pulse;
    record.rest.pass(elapsed);
    const verdict = pulse.look(sighting?.beat, sighting?.connected, elapsed);
    this.#parts.events.tally.lateBeats += pulse.late - late;
    if (verdict !== 'alive') {
      const why = verdict === 'gone' ? 'its process is gone' : `it was silent for ${Math.round(pulse.silent)} ms`;
      if (state === 'down') this.#records.delete(record.id);
      else void this.#bury(record, verdict, why, () => this.#records.delete(record.id));
      if (sighting !== undefined) void this.#parts.link.forget(this.#parts.nodes.name, record.id).catch(() => {});
    } else if (state === 'found' && sighting !== undefined && record.card?.open === true && record.rest.isOver) this.#join(record);
  }

  /** The node may be well, and its session be at an end. */
  #askAgain(record: NodeRecord): void {
    record.rest.begins();
    if (!this.#convictions.bar(record.id)) record.state = 'found';
  }

  /** A node that was not known. */
  async #meet(id: string): Promise<void> {
    const record = foundNode(id);
    this.#records.set(id, record);
    const { link, nodes } = this.#parts;
    const bytes = await link.card(nodes.name, id).catch(() => 'not known' as const);
    const card = bytes === 'not known' ? undefined : cardOf(bytes);
    if (card === undefined || this.#state === 'closed') {
      this.#records.delete(id); // It is found again at the next look, if it is there.
      // A card lasts as long as its node beats. The list of all beats lasts as long as any node beats: a node that died unobserved is still in it.
      if (bytes === undefined) void link.forget(nodes.name, id).catch(() => {});
      return;
    }
    record.card = card;
    record.pulse = new Pulse(card.beat, nodes.silence);
    if (this.#convictions.bar(id)) record.state = 'down';
    else if (card.open) this.#join(record);
  }

  #join(record: NodeRecord): void {
    record.state = 'joining';
    record.session = new Session(record.id, record.card!, this.#spread.domain(record.card!.domain), this.#host(record));
    void record.session.open();
  }

  #host(record: NodeRecord): SessionHost {
    const { link, clock, nodes, demands, settings, events } = this.#parts;
    const { silence, maxPayload, name } = nodes;
    const [vigil, { tally }] = [this.#vigil, events];
    return {
      link,
      clock,
      name,
      ttl: this.#ttl,
      get reachable() {
        return vigil.reachable;
      },
      knock: (session) => ({ session, demands, settings, silence: 2 * silence, maxPayload }),
      room: () => this.places.opened(),
      welcomed: () => {
        record.state = 'up';
        events.up(record);
        this.places.opened();
      },
      refused: (_, { what, pool, node }) =>
        void this.#bury(record, 'refused', `it has another ${what}: the pool has ${pool}, the node has ${node}`, () => {}),
      leaving: (session) => {
        record.state = 'leaving';
        session.retire();
      },
      bye: () => void this.#bury(record, record.reason ?? 'left', 'it has left', () => {}),
      broken: (session, why) => {
        if (!(why instanceof BrokerError)) void this.#bury(record, 'gone', why, () => this.#askAgain(record));
        else if (why.lasting) this.#failed(why);
        else {
          session.fence(); // It was not open yet, and that the broker refused it says nothing about the node.
          record.session = undefined;
          void session.cutOff(0);
          this.#askAgain(record);
        }
      },
      convicted: () => this.#convicted(record.id),
      late: () => {
        tally.lateFrames++;
      },
      sent: (bytes) => {
        tally.framesSent++;
        tally.bytesSent += bytes;
      },
      received: (bytes) => {
        tally.framesReceived++;
        tally.bytesReceived += bytes;
      },
    };
  }

  #convicted(id: string): void {
    const record = this.#records.get(id);
    if (!this.#convictions.add(id) || record === undefined) return;
    record.reason = 'convicted';
    this.#parts.events.down(record, 'convicted', new Error(`Node ${id} is out of service: its results were found wrong twice.`));
    if (record.session === undefined) return; // It is lost already.
    record.state = 'leaving';
    record.session.retire();
  }

  /** The node, or the session with it, is lost. What its threads had is given back, as far as the node has not been given it. */
  async #bury(record: NodeRecord, reason: NodeDownReason, why: string | Error, then: () => void): Promise<void> {
    const { session } = record;
    const told = record.reason === 'convicted';
    record.session = undefined;
    record.state = 'down';
    record.reason = reason;
    session?.fence();
    const error = lossOf(record, why);
    if (!told) this.#parts.events.down(record, reason, error);
    if (session !== undefined) await this.places.during(this.#giveBack(session, error));
    then();
  }

  /** What the threads of a lost session had, as far as the node was not given it. */
  async #giveBack(session: Session, error: Error): Promise<void> {
    const delivered = await session.cutOff(2 * this.#every);
    for (const thread of [...session.threads.values()]) thread.nodeLost(session.node, error, delivered);
    session.threads.clear();
  }
}

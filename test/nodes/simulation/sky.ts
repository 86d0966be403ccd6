import { BrokerError } from '../../../src/core/broker/broker-error.ts';
import type { NodeDownReason } from '../../../src/core/broker/node-down.ts';
import { WEATHER, type Weather } from './climate.ts';
import type { Ground } from './ground.ts';
import type { SimNode } from './sim-node.ts';

/** Milliseconds for which what was done to a node may still show: an answer that did not come, a channel that was not renewed. */
const AFTERMATH = 12_000;

/** What comes over nodes, links, broker and manager, as the climate of the seed has it. */
export class Sky {
  readonly #world: Ground;
  /** When something happened that may end any session. */
  #everybody = Number.NEGATIVE_INFINITY;
  /** What is going on, to be undone. */
  readonly #undo = new Set<() => void>();
  readonly #planned: { cancel(): void }[] = [];
  /** How long what strikes now lasts, if that was said. */
  #ms: number | undefined;
  /** Milliseconds more for everything that travels. */
  delay = 0;
  /** What goes on that all nodes may suffer from, and when the last of it ended. */
  #troubles = 0;
  #troubledAt = Number.NEGATIVE_INFINITY;

  constructor(world: Ground) {
    this.#world = world;
    for (const kind of WEATHER) this.#plan(kind);
  }

  /** From now on nothing goes wrong, and what is wrong is put right. */
  clear(): void {
    for (const { cancel } of this.#planned.splice(0)) cancel();
    for (const undo of [...this.#undo]) undo();
  }

  /** Why this node should not have been held to be lost; `undefined` if there was a reason. */
  innocent(node: SimNode, reason: NodeDownReason, why: string): string | undefined {
    const { now, climate, state } = this.#world;
    if (reason === 'refused') return node.kind.version !== undefined || node.state !== 'up' ? undefined : 'it is as the pool wants it';
    if (reason === 'convicted') return node.kind.lies ? undefined : 'it does not lie';
    if (reason === 'left') return node.state === 'up' ? 'it was not told to leave' : undefined;
    const since = now - AFTERMATH - 4 * climate.nodes.silence;
    if (node.state !== 'up' || node.impairedAt > since) return undefined;
    if (reason === 'silent') return this.#deaf > since ? undefined : 'it was well, and could be heard';
    // The process is gone, or the session is broken.
    if (this.#everybody > since || state === 'closing') return undefined;
    return `it was well: ${why}`;
  }

  /** When something last stood between the pool and all its nodes; on the shared time. */
  get troubledAt(): number {
    return this.#troubles > 0 ? this.#world.now : this.#troubledAt;
  }

  /** When the manager could not hear. */
  #deaf = Number.NEGATIVE_INFINITY;

  #plan(kind: Weather): void {
    const { climate, dice, base } = this.#world;
    const every = climate.every[kind];
    if (every === undefined) return;
    const planned = base.after(
      () => {
        this.#planned.splice(this.#planned.indexOf(planned), 1);
        this.strike(kind);
        this.#plan(kind);
      },
      -Math.log(1 - dice.next()) * every,
    );
    this.#planned.push(planned);
  }

  /** @param chosen over whom. @default one that lives @param ms for how long. @default drawn */
  strike(kind: Weather, chosen?: SimNode, ms?: number): void {
    const world = this.#world;
    this.#ms = ms;
    const node = chosen === undefined ? world.nodes.filter(({ state }) => state !== 'dead') : [];
    const victim = node.length > 0 ? world.dice.pick(node) : chosen;
    world.journal.note(kind, victim?.number);
    if (kind.startsWith('broker')) this.#overBroker(kind);
    else if (kind.startsWith('manager')) this.#overManager(kind);
    else if (kind === 'delay') this.#slowDown();
    else if (kind === 'join') this.#join();
    else if (victim !== undefined) this.#overNode(kind, victim);
  }

  /** How long this one lasts. */
  get #length(): number {
    const { dice, climate } = this.#world;
    return this.#ms ?? dice.log(1, climate.longest);
  }

  /** Does something that all nodes may suffer from, and undoes it after a while. */
  #trouble(begin: () => void, end: () => void): void {
    this.#troubles++;
    this.#forAWhile(begin, () => {
      end();
      this.#troubles--;
      this.#troubledAt = this.#world.now;
    });
  }

  /** Does something, and undoes it after a while. */
  #forAWhile(begin: () => void, end: () => void): void {
    begin();
    const undo = (): void => {
      if (this.#undo.delete(undo)) end();
    };
    this.#undo.add(undo);
    this.#world.base.after(undo, this.#length);
  }

  #overNode(kind: Weather, node: SimNode): void {
    const mark = (): void => node.impaired(this.#world.now);
    mark();
    const lasting = lastingOf(node)[kind];
    if (lasting !== undefined) {
      const begin = (): void => {
        node.ailments++;
        lasting[0]();
      };
      this.#forAWhile(begin, () => {
        mark();
        node.ailments--;
        if (node.state !== 'dead') lasting[1]();
      });
    } else if (kind === 'leave') {
      node.state = 'leaving';
      void node.agent.drain().then(() => {
        node.state = 'dead';
        this.#join(node);
      });
    } else {
      node.kill(this.#world.now, kind === 'kill');
      this.#forAWhile(
        () => {},
        () => this.#join(node),
      );
    }
  }

  /** A new node; a spare part of one that is gone, or a lookalike of any. */
  #join(gone?: SimNode): void {
    const world = this.#world;
    if (world.state === 'closing') return; // Who has been told to stop is all there is.
    if (gone === undefined && world.nodes.filter(({ state }) => state !== 'dead').length > 2 * world.climate.fleet.length) return;
    world.start((gone ?? world.dice.pick(world.nodes)).kind);
  }

  #overBroker(kind: Weather): void {
    const { broker, dice, now } = this.#world;
    switch (kind) {
      case 'brokerFreeze':
        this.#trouble(
          () => broker.freeze(),
          () => broker.thaw(),
        );
        return;
      case 'brokerRefuses': {
        const refusal = new BrokerError('ERR_BROKER_UNFIT', 'The broker is full.', { lasting: false });
        this.#trouble(
          () => {
            broker.refusal = refusal;
          },
          () => {
            broker.refusal = undefined;
          },
        );
        return;
      }
      case 'brokerWipe':
        this.#everybody = now;
        this.#troubledAt = now;
        broker.wipe();
        return;
      default: {
        this.#everybody = now;
        this.#troubledAt = now;
        for (const channel of broker.channels) if (dice.chance(0.7)) broker.lose(channel, dice.whole(0, 3));
      }
    }
  }

  #overManager(kind: Weather): void {
    const { manager } = this.#world;
    const mark = (): void => {
      this.#everybody = this.#world.now;
      this.#deaf = this.#world.now;
    };
    mark();
    const ended = (end: () => void) => (): void => {
      mark();
      end();
    };
    if (kind === 'managerBlock')
      this.#trouble(
        () => manager.loop.shut(),
        ended(() => manager.loop.open()),
      );
    else
      this.#trouble(
        () => manager.link.cut(),
        ended(() => manager.link.mend()),
      );
  }

  #slowDown(): void {
    const { dice, climate, nodes } = this.#world;
    const more = dice.log(0.1, climate.nodes.silence / 3);
    this.#trouble(
      () => {
        this.delay += more;
      },
      () => {
        this.delay -= more;
        for (const node of nodes) node.impaired(this.#world.now);
      },
    );
    for (const node of nodes) node.impaired(this.#world.now);
  }
}

/** What may be done to a node for a while: how it begins, and how it ends. */
const lastingOf = ({ machine }: SimNode): Partial<Record<Weather, readonly [begin: () => void, end: () => void]>> => ({
  cut: [() => machine.link.cut(), () => machine.link.mend()],
  cutOut: [() => machine.link.cut('out'), () => machine.link.mend()],
  cutIn: [() => machine.link.cut('in'), () => machine.link.mend()],
  stop: [() => machine.stop(), () => machine.go()],
  block: [() => machine.loop.shut(), () => machine.loop.open()],
});

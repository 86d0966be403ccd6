import { once } from 'node:events';
import { createServer, type Server, Socket } from 'node:net';

/** Away from the program that connects, or towards it. */
export type Way = 'out' | 'in';

/** A network on loopback: what stands between a program and Redis, and can be cut. What was sent meanwhile comes later, as over TCP. */
export class Network {
  readonly #server: Server;
  readonly #pairs = new Set<readonly [near: Socket, far: Socket]>();
  readonly #cut = new Set<Way>();
  #target: number;
  readonly #rate: number;

  private constructor(target: number, rate: number) {
    this.#target = target;
    this.#rate = rate;
    this.#server = createServer((near) => this.#join(near));
  }

  /** @param rate bytes a millisecond and connection. @default as many as can be */
  static async to(port: number, rate: number = Number.POSITIVE_INFINITY): Promise<Network> {
    const network = new Network(port, rate);
    network.#server.listen(0, '127.0.0.1');
    await once(network.#server, 'listening');
    return network;
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  /** @param ways which. @default both */
  cut(...ways: readonly Way[]): void {
    for (const way of ways.length === 0 ? (['out', 'in'] as const) : ways) this.#cut.add(way);
    this.#heed();
  }

  mend(): void {
    this.#cut.clear();
    this.#heed();
  }

  /** Connections break, and new ones lead to another place. */
  turn(port: number): void {
    this.#target = port;
    for (const [near, far] of this.#pairs) {
      near.destroy();
      far.destroy();
    }
  }

  close(): void {
    this.turn(0);
    this.#server.close();
  }

  #join(near: Socket): void {
    const far = new Socket().connect(this.#target, '127.0.0.1');
    const pair = [near, far] as const;
    this.#pairs.add(pair);
    const end = (): void => {
      near.destroy();
      far.destroy();
      this.#pairs.delete(pair);
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
    near.on('data', (bytes) => this.#pass(bytes, near, far));
    far.on('data', (bytes) => this.#pass(bytes, far, near));
    this.#heed();
  }

  #pass(bytes: Buffer, from: Socket, to: Socket): void {
    to.write(bytes);
    if (this.#rate === Number.POSITIVE_INFINITY) return;
    from.pause();
    setTimeout(() => this.#cut.size === 0 && from.resume(), bytes.byteLength / this.#rate);
  }

  #heed(): void {
    for (const [near, far] of this.#pairs) {
      if (this.#cut.has('out')) near.pause();
      else near.resume();
      if (this.#cut.has('in')) far.pause();
      else far.resume();
    }
  }
}

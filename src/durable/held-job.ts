import type { Clock } from '../core/clock.ts';
import type { ManagerCard, PutJob } from './board.ts';
import type { Client } from './connect.ts';
import { HeldClaim, LOCK } from './held-claim.ts';
import { type JobKeys, KEPT } from './keys.ts';
import { fromText, toText } from './plain.ts';
import type { TakenJob } from './queue.ts';
import { BEGIN, END, NOTE, TELL } from './scripts.ts';

/** Milliseconds that a manager's card lives without being renewed. */
const CARD = 5_000;

/** A job as its new manager finds it. */
export interface FoundJob extends Omit<PutJob, 'likeness'> {
  readonly epoch: number;
  /** Its outputs have been taken possession of: the next manager resumes. */
  readonly begun: boolean;
  /** What the manager before has told last. */
  readonly progress: unknown;
  readonly order: string | undefined;
  readonly outcome: unknown;
  /** Managers in a row, this one included, that have found what the one before it had found. */
  readonly barren: number;
}

/** What a manager does with the job that it has. All of it is done only as long as the job is its own. */
export class HeldJob {
  readonly #client: Client;
  readonly #keys: JobKeys;
  readonly #me: ManagerCard;
  readonly #clock: Clock;

  constructor(client: Client, keys: JobKeys, me: ManagerCard, clock: Clock) {
    this.#client = client;
    this.#keys = keys;
    this.#me = me;
    this.#clock = clock;
  }

  /** This manager is there. */
  async announce(job: string | undefined): Promise<void> {
    const { managers } = this.#keys;
    const card = toText({ ...this.#me, ...(job !== undefined && { job }) });
    const key = this.#keys.manager(this.#me.id);
    await this.#client.pipeline().set(key, card, 'PX', CARD).sadd(managers, this.#me.id).pexpire(managers, KEPT).exec();
  }

  /** This manager goes, and managers that have died without a word are forgotten. */
  async leave(): Promise<void> {
    const { managers } = this.#keys;
    await this.#client.pipeline().del(this.#keys.manager(this.#me.id)).srem(managers, this.#me.id).exec();
  }

  /** Forgets managers that have no card any more. */
  async tidy(): Promise<void> {
    const ids = await this.#client.smembers(this.#keys.managers);
    const cards = ids.length === 0 ? [] : await this.#client.mget(ids.map((id) => this.#keys.manager(id)));
    const dead = ids.filter((_, i) => cards[i] === null);
    if (dead.length > 0) await this.#client.srem(this.#keys.managers, ...dead);
  }

  /** What is to be done. `lost`: another manager has the job; `gone`: nothing is known of it. */
  async begin(id: string, token: string): Promise<FoundJob | 'lost' | 'gone'> {
    const found = (await this.#client.eval(BEGIN, 2, this.#keys.lock(id), this.#keys.run(id), token, toText(this.#me))) as string[] | null;
    if (found === null) return 'lost';
    const fields = Object.fromEntries(Array.from({ length: found.length / 2 }, (_, n) => [found[2 * n], found[2 * n + 1]]));
    if (fields.nonce === undefined) return 'gone';
    const parsed = (name: string): unknown => (fields[name] === undefined ? undefined : fromText(fields[name]));
    const reached = fields.reached ?? '';
    const barren = fields.left !== '1' && fields.reachedBefore === reached ? Number(fields.barren ?? 0) + 1 : 0;
    await this.tell(id, token, { barren: String(barren), reachedBefore: reached, left: '' });
    return {
      nonce: fields.nonce,
      folder: fields.folder!,
      proof: fields.proof!,
      out: fields.out!,
      holdfast: fields.holdfast!,
      module: parsed('module') as PutJob['module'],
      by: parsed('by') as PutJob['by'],
      request: parsed('request'),
      epoch: Number(fields.epoch),
      begun: fields.begun === '1',
      progress: parsed('progress'),
      order: fields.order,
      outcome: parsed('outcome'),
      barren,
    };
  }

  /** The claim on a job that was asked for at `taken`. */
  claim(job: TakenJob, token: string, epoch: number, taken: number, onLost: () => void): HeldClaim {
    const renew = async (): Promise<boolean> => Number(await job.extendLock(token, LOCK)) === 1;
    return new HeldClaim({ job: job.id!, epoch, taken, clock: this.#clock, renew, onLost });
  }

  /** Writes down fields of the job. @returns what the manager is asked to do; `lost`: another manager has the job */
  async tell(id: string, token: string, fields: Readonly<Record<string, string>>): Promise<string | 'lost'> {
    const pairs = Object.entries(fields).flat();
    const answer = await this.#client.eval(TELL, 2, this.#keys.lock(id), this.#keys.run(id), token, KEPT, ...pairs);
    return answer === null ? 'lost' : String(answer);
  }

  async note(id: string, token: string, kind: 'note' | 'refused', text: string): Promise<void> {
    await this.#client.eval(NOTE, 2, this.#keys.lock(id), this.#keys.notes(id), token, kind, this.#me.node, text, KEPT);
  }

  /** How the job has ended. False: another manager has it. */
  async end(id: string, token: string, outcome: unknown): Promise<boolean> {
    const { open } = this.#keys;
    return (await this.#client.eval(END, 3, this.#keys.lock(id), this.#keys.run(id), open, token, id, toText(outcome))) === 1;
  }
}

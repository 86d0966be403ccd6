import { InvalidOptionError } from '../../core/errors.ts';
import { whole } from '../../options/checks.ts';
import type { ExitReason } from '../../supervision/exit.ts';
import { contentOf, sizeOf } from '../content.ts';
import type { CallOptions } from '../define/call-options.ts';
import type { From } from '../define/context.ts';
import { notCloneable, ServerError } from '../errors.ts';
import { type Content, KIND, type Kind, type Names } from '../wire.ts';
import type { Ending } from './ending.ts';
import type { ServerBody } from './parts.ts';
import type { Neighbour } from './registry.ts';

const NOBODY: readonly string[] = [];
const limit = whole(1, 'milliseconds', 'no limit');

/** @throws {InvalidOptionError | OptionRangeError} `ERR_INVALID_OPTION` */
function timeoutIn(options: CallOptions): number | undefined {
  for (const name in options) {
    if (name !== 'timeout') throw new InvalidOptionError(`${name}: Expected timeout, the only option of a call. Got ${name}.`);
  }
  return options.timeout === undefined ? undefined : limit(options.timeout, 'timeout');
}

/** Where messages come in. What cannot be handled is refused here, before it has run. */
export class Entrance implements Neighbour {
  readonly #body: ServerBody;
  readonly #ending: Ending;
  /** Kinds of the messages that have a reply, as of these names. */
  readonly #kinds = new Map<string, Kind>();
  #known: Names | undefined;

  constructor(body: ServerBody, ending: Ending) {
    this.#body = body;
    this.#ending = ending;
  }

  get id(): string {
    return this.#body.parts.id;
  }

  get name(): string {
    return this.#body.parts.name;
  }

  get exited(): Promise<ExitReason> {
    return this.#ending.exited;
  }

  call(name: string, message: unknown, options: CallOptions | undefined): Promise<unknown> {
    return this.callFrom(NOBODY, name, this.#cloned(message), options);
  }

  look(kind: Kind, options: CallOptions | undefined): Promise<unknown> {
    return this.#ask(NOBODY, kind, '', undefined, options);
  }

  callFrom(chain: readonly string[], name: string, content: Content, options: CallOptions | undefined): Promise<unknown> {
    return this.#ask(chain, this.#kindOf(name), name, content, options);
  }

  #ask(chain: readonly string[], kind: Kind, name: string, content: Content, options: CallOptions | undefined): Promise<unknown> {
    const { deadlines, parts } = this.#body;
    this.#admit(kind);
    const size = this.#fit(content);
    const pending = deadlines.add((options && timeoutIn(options)) ?? parts.options.callTimeout);
    this.#body.put({ kind, name, content, size, pending, chain });
    return pending.promise;
  }

  cast(name: string, message: unknown): void {
    if (this.#body.names?.cast.includes(name) !== true) throw this.#unknown('cast', name, this.#body.names?.cast ?? []);
    this.#admit();
    const content = this.#cloned(message);
    this.#put(KIND.cast, name, content, this.#fit(content));
  }

  /** From another server: a message without a receiver is dropped, as always. */
  castFrom(name: string, content: Content): void {
    if (this.#body.names?.cast.includes(name) === true && this.#ending.isOpen) this.#put(KIND.cast, name, content);
  }

  inform(message: unknown): void {
    this.#admit();
    const content = this.#cloned(message);
    this.#put(KIND.info, '', content, this.#fit(content));
  }

  /** From a link or a monitor: it comes whatever the mailbox holds. */
  notify(message: unknown): void {
    if (this.#ending.isOpen) this.#put(KIND.info, '', contentOf(message));
  }

  answer(from: From, content: Content, failed: boolean): void {
    this.#body.effects.answer(from, content, failed);
  }

  #put(kind: Kind, name: string, content: Content, size = sizeOf(content)): void {
    this.#body.put({ kind, name, content, size, pending: undefined, chain: NOBODY });
  }

  #kindOf(name: string): Kind {
    const { names } = this.#body;
    if (names !== this.#known) this.#learn(names);
    const kind = this.#kinds.get(name);
    if (kind !== undefined) return kind;
    throw this.#unknown('call', name, [...(names?.call ?? []), ...(names?.read ?? [])]);
  }

  #learn(names: Names | undefined): void {
    this.#known = names;
    this.#kinds.clear();
    for (const name of names?.read ?? []) this.#kinds.set(name, KIND.read);
    for (const name of names?.call ?? []) this.#kinds.set(name, KIND.call);
  }

  /** Who looks for what is wrong may do so when too many messages wait, too. */
  #admit(kind?: Kind): void {
    const { load, parts } = this.#body;
    const ending = this.#ending;
    if (!ending.isOpen) {
      parts.tally.refused.add('stopped');
      throw ending.refusal();
    }
    const { maxMailbox } = parts.options;
    if (load.messages < maxMailbox || kind === KIND.look) return;
    parts.tally.refused.add('mailbox_full');
    const advice = 'Await some of them first, or raise maxMailbox.';
    throw new ServerError(
      'ERR_SERVER_MAILBOX_FULL',
      `${maxMailbox} messages wait already (maxMailbox). The message was not sent. ${advice}`,
    );
  }

  /** One alone may be of any size. Returns that, in bytes, about. */
  #fit(content: Content): number {
    const { load, parts } = this.#body;
    const { maxMailboxBytes } = parts.options;
    const size = sizeOf(content);
    if (load.messages === 0 || load.bytes + size <= maxMailboxBytes) return size;
    parts.tally.refused.add('mailbox_full');
    const advice = 'Await some of them first, send less, or raise maxMailboxBytes.';
    throw new ServerError(
      'ERR_SERVER_MAILBOX_FULL',
      `Messages of ${load.bytes} bytes wait already, and one of ${size} came: more than maxMailboxBytes (${maxMailboxBytes}). It was not sent. ${advice}`,
    );
  }

  #unknown(kind: 'call' | 'cast', name: string, known: readonly string[]): ServerError {
    this.#body.parts.tally.refused.add('message');
    const list = known.map((one) => JSON.stringify(one)).join(', ') || 'none';
    const what = typeof name === 'string' ? JSON.stringify(name) : typeof name;
    return new ServerError(
      'ERR_SERVER_MESSAGE',
      `${kind}(name): Expected a message of server ${JSON.stringify(this.name)} (${list}). Got ${what}.`,
    );
  }

  #cloned(message: unknown): Content {
    try {
      return contentOf(message);
    } catch (cause) {
      this.#body.parts.tally.refused.add('message');
      throw notCloneable('message', cause);
    }
  }
}

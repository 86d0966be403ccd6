import { BrokerError } from '../../../core/broker/broker-error.ts';
import { messageOf } from '../../../core/foreign/message.ts';

interface Known {
  readonly when: RegExp;
  readonly code: ConstructorParameters<typeof BrokerError>[0];
  readonly lasting: boolean;
  readonly what: string;
}

/** What Redis, or the way to it, says, and what is to be done about it. */
const KNOWN: readonly Known[] = [
  {
    when: /WRONGPASS|NOAUTH|invalid password|AUTH/,
    code: 'ERR_BROKER_REFUSED',
    lasting: true,
    what: 'refuses the user or the password. Set both in the URL: redis://user:password@host',
  },
  {
    when: /NOPERM/,
    code: 'ERR_BROKER_REFUSED',
    lasting: true,
    what: 'does not let this user do what nodes need. Give it ~holdfast:* and the commands that docs/nodes.md lists',
  },
  {
    when: /READONLY/,
    code: 'ERR_BROKER_UNFIT',
    lasting: false,
    what: 'is a replica, which takes no writes. Name the primary',
  },
  {
    when: /\bOOM\b/,
    code: 'ERR_BROKER_UNFIT',
    lasting: false,
    what: 'is full. Raise its maxmemory, or lower what is in flight (threads, maxPayload)',
  },
  {
    when: /MISCONF/,
    code: 'ERR_BROKER_UNFIT',
    lasting: false,
    what: 'cannot write to its disk, and refuses writes. Make room there, or set stop-writes-on-bgsave-error no',
  },
  {
    when: /NOREPLICAS/,
    code: 'ERR_BROKER_UNFIT',
    lasting: false,
    what: 'has fewer replicas than it wants, and refuses writes. Start them, or set min-replicas-to-write 0',
  },
  {
    when: /\bLOADING\b/,
    code: 'ERR_BROKER_LOST',
    lasting: false,
    what: 'is still reading its data from disk. Wait for it',
  },
  {
    when: /^BUSY |\bBUSY Redis/,
    code: 'ERR_BROKER_LOST',
    lasting: false,
    what: 'is held up by a script. End it by SCRIPT KILL',
  },
  {
    when: /max number of clients/,
    code: 'ERR_BROKER_UNFIT',
    lasting: false,
    what: 'takes no more connections. Raise its maxclients: docs/nodes.md says how many nodes and pools need',
  },
  {
    when: /\bMOVED\b|CLUSTERDOWN|CROSSSLOT|cluster mode/,
    code: 'ERR_BROKER_UNFIT',
    lasting: true,
    what: 'belongs to a Redis Cluster, and nodes need one Redis. Name one that stands alone',
  },
  {
    when: /\bDB index\b/,
    code: 'ERR_BROKER_UNFIT',
    lasting: true,
    what: 'does not have the database that its URL names. Name one below its setting databases, or none',
  },
  {
    when: /closed the connection/,
    code: 'ERR_BROKER_LOST',
    lasting: false,
    what: 'ends connections. Its log says why; client-output-buffer-limit normal must be 0, or 4mb and more',
  },
  {
    when: /WRONGTYPE/,
    code: 'ERR_BROKER_UNFIT',
    lasting: false,
    what: 'has a value of another kind under a key of Holdfast. Is there another program that writes to holdfast:*?',
  },
  {
    when: /unknown command|syntax error/i,
    code: 'ERR_BROKER_UNFIT',
    lasting: true,
    what: 'does not know a command that nodes need. Use Redis 7.0 or later, or what is compatible with it',
  },
  {
    when: /Protocol error|ParserError/,
    code: 'ERR_BROKER_UNFIT',
    lasting: true,
    what: "does not speak Redis's protocol. Is that its port, and is it rediss:// that it wants?",
  },
  {
    when: /ENOTFOUND|EAI_AGAIN/,
    code: 'ERR_BROKER_LOST',
    lasting: false,
    what: 'has a name that is not known here. Is it spelled right?',
  },
  {
    when: /ECONNREFUSED/,
    code: 'ERR_BROKER_LOST',
    lasting: false,
    what: 'is not there. Start Redis, or correct the URL',
  },
  {
    when: /certificate|self.signed|SSL|TLS/i,
    code: 'ERR_BROKER_LOST',
    lasting: false,
    what: 'could not be reached by TLS. Is its certificate one that this machine trusts, and does it speak TLS at all?',
  },
];

const UNREACHED = {
  code: 'ERR_BROKER_LOST',
  lasting: false,
  what: 'could not be reached. Is Redis running, and can it be reached from here?',
} as const;
/** One that does not speak TLS waits for more of what it takes for a command. */
const UNREACHED_BY_TLS = {
  ...UNREACHED,
  what: 'could not be reached by TLS. Is Redis running, and does it speak TLS at this port?',
} as const;
/** What is not known here, but was said by Redis itself. */
const ANSWERED = { code: 'ERR_BROKER_UNFIT', lasting: false, what: 'does not do what nodes need' } as const;

/** An error of the client, or an answer of Redis, as ours. @param at the broker, as it may be shown */
export function brokerError(error: unknown, at: string): BrokerError {
  if (error instanceof BrokerError) return error;
  const said = reasonOf(error);
  const known = KNOWN.find(({ when }) => when.test(said));
  const unreached = at.startsWith('rediss:') ? UNREACHED_BY_TLS : UNREACHED;
  const { code, lasting, what } = known ?? ((error as Error | undefined)?.name === 'ReplyError' ? ANSWERED : unreached);
  const end = /[.?!]$/.test(what) ? '' : '.';
  return new BrokerError(code, `The broker ${at} ${what}${end} It said: ${said}`, { lasting, cause: error });
}

/** Why a connection has ended. That it has is all that is known, unless it was refused. @param error what it said last */
export function endError(error: unknown, at: string): BrokerError {
  const ours = brokerError(error, at);
  return ours.code === 'ERR_BROKER_LOST' ? brokerError(new Error('it closed the connection'), at) : ours;
}

/** Errors of several addresses have no message of their own. */
function reasonOf(error: unknown): string {
  const { errors, code, name } = (error ?? {}) as { errors?: unknown[]; code?: unknown; name?: unknown };
  const inner = Array.isArray(errors) && errors.length > 0 ? ` ${messageOf(errors[0])}` : '';
  const text = `${messageOf(error)}${inner}`;
  return [typeof code === 'string' && !text.includes(code) ? code : '', name === 'ParserError' ? 'ParserError' : '', text]
    .filter((part) => part !== '')
    .join(' ');
}

/** What Redis tells of itself by INFO. @returns why it is not fit, if it is not */
export function unfit(info: string, at: string): BrokerError | undefined {
  const field = (name: string): string | undefined => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  const version = field('redis_version');
  if (version !== undefined && Number.parseInt(version, 10) < 7)
    return refusal(`is Redis ${version}. Nodes need 7.0 or later, or what is compatible with it`, true);
  const policy = field('maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction' && Number(field('maxmemory') ?? 0) > 0)
    return refusal(`drops keys when it is full (maxmemory-policy ${policy}). Set maxmemory-policy noeviction`, true);
  if (field('role') === 'slave' && field('slave_read_only') !== '0')
    return refusal('is a replica, which takes no writes. Name the primary', false);
  return undefined;

  function refusal(what: string, lasting: boolean): BrokerError {
    return new BrokerError('ERR_BROKER_UNFIT', `The broker ${at} ${what}.`, { lasting });
  }
}

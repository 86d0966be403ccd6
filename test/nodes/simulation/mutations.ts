import type { Mutation } from '../../mutants/mutant.ts';

/** Protections of nodes, switched off one at a time. */
export const NODE_MUTATIONS: readonly Mutation[] = [
  {
    name: 'no fence at the broker',
    file: 'executors/nodes/session.js',
    find: '.cutOff(downOf(this.id))',
    put: '.renew([], 1).then(() => 0)',
  },
  {
    name: 'the fence of the node off',
    file: 'executors/nodes/agent/guest.js',
    find: "this.#end('its channel is gone from the broker')",
    put: 'undefined',
    from: 41,
  },
  { name: 'ping rule off', file: 'executors/nodes/vigil.js', find: 'Math.min(away, 2 * every)', put: 'away' },
  { name: 'silence off', file: 'executors/nodes/pulse.js', find: "return 'silent';", put: "return 'alive';" },
  {
    name: 'cursor of what was given off by one',
    file: 'executors/nodes/far-marks.js',
    find: 'frame <= delivered',
    put: 'frame < delivered',
  },
  {
    name: 'cursor of frames off by one',
    file: 'executors/nodes/inbox.js',
    find: 'number > this.received + 1',
    put: 'number > this.received + 2',
  },
  { name: 'repeated frames heeded', file: 'executors/nodes/inbox.js', find: 'if (number <= this.received)', put: 'if (false)' },
  { name: 'frames of others heeded', file: 'executors/nodes/inbox.js', find: ' || own !== number', put: '' },
  { name: 'expiry off', file: 'executors/nodes/fleet.js', find: 'this.#ttl = ttlOf', put: 'this.#ttl = 1e12 * ttlOf', from: 14 },
  { name: 'renewal off', file: 'executors/nodes/fleet.js', find: 'if (channels.length > 0)', put: 'if (false)', from: 11 },
  {
    name: 'domain ignored',
    file: 'executors/nodes/spread.js',
    find: "!used.includes(name) || (this.#rule === 'prefer' && !this.#others(used))",
    put: 'true',
  },
  { name: 'versions not compared', file: 'executors/nodes/handshake.js', find: 'pool.version !== node.version', put: 'false' },
  {
    name: 'nobody is convicted who lives on a node',
    file: 'executors/nodes/standing/convictions.js',
    find: 'return count === LIMIT',
    put: 'return false',
    from: 20,
  },
  {
    name: 'a node that was convicted and lost is taken for another',
    file: 'executors/nodes/standing/convictions.js',
    find: '>= LIMIT',
    put: '>= Infinity',
    from: 22,
  },
  {
    name: 'what has not left is given',
    file: 'executors/nodes/far-marks.js',
    find: 'frame !== undefined && ',
    put: 'frame === undefined || ',
    from: 66,
  },
];

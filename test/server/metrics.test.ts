import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Registry } from 'prom-client';
import { serverMetrics } from '../../src/server/index.ts';
import { parseExposition } from '../metrics/exposition.ts';
import { codeOf, nextOf, startCart, until } from './stage.ts';

/** The series of one server, by what stands before the value. */
async function seriesOf(server: string, register?: Registry): Promise<Map<string, number>> {
  const text = await serverMetrics(register === undefined ? {} : { register }).metrics();
  const found = new Map<string, number>();
  for (const [, name, labels, value] of text.matchAll(/^holdfast_server_(\w+)\{(.*)\} (\S+)$/gm)) {
    if (labels!.includes(`server="${server}"`))
      found.set(`${name} ${labels!.replace(`server="${server}"`, '').replace(/^,/, '')}`.trim(), Number(value));
  }
  return found;
}

describe('metrics of servers', () => {
  it('count each message once, by kind and outcome, and what was refused, by why', async () => {
    await using cart = await startCart({ name: 'counted', maxMailbox: 4 });
    await Promise.all([cart.call('note', 1), cart.call('note', 2)]);
    await codeOf(cart.call('throws', 'boom'));
    cart.cast('mark', 'cast');
    cart.send('info');
    await codeOf(cart.call('broken'));
    await cart.call('seen');
    // Whatever the machine does, it is answered only when its caller has been told that it comes too late.
    assert.equal(await codeOf(cart.call('later', undefined, { timeout: 1 })), 'ERR_SERVER_TIMEOUT');
    assert.equal(await cart.call('release', 'too late'), 1);
    await codeOf((cart as never as { call(name: string): Promise<unknown> }).call('nothing'));
    await codeOf(cart.call('note', () => {}));
    const calls = Array.from({ length: 6 }, (_, i) => codeOf(cart.call('note', i)));
    assert.equal((await Promise.all(calls)).filter((code) => code === 'ERR_SERVER_MAILBOX_FULL').length > 0, true);
    const series = await seriesOf('counted');
    const refused = series.get('refused_total reason="mailbox_full"')!;
    const has = {
      'messages_total kind="call",outcome="replied"': 2 + 1 + 6 - refused,
      'messages_total kind="call",outcome="later"': 1,
      'messages_total kind="call",outcome="dropped"': 1,
      'messages_total kind="cast",outcome="replied"': 1,
      'messages_total kind="info",outcome="replied"': 1,
      'messages_total kind="read",outcome="replied"': 1,
      'messages_total kind="read",outcome="failed"': 1,
      'refused_total reason="message"': 2,
      'refused_total reason="stopped"': 0,
      call_timeouts_total: 1,
      late_replies_total: 1,
      'thread_exits_total role="voter",reason="threw"': 1,
      restarts_total: 1,
      mailbox_limit: 4,
      mailbox_bytes: 0,
      mailbox_limit_bytes: 256 * 1_048_576,
      call_seconds_count: 2 + 1 + 2 + 2 + 6 - refused,
      'state state="open"': 1,
      'threads role="voter",state="live"': 1,
      open_messages: 0,
    };
    for (const [name, value] of Object.entries(has)) assert.equal(series.get(name), value, name);
    assert.ok(series.get('log_bytes')! > 0 && series.get('state_bytes')! > 0);
  });

  it('tell of standbys, take-overs and snapshots, and are gone when the server has ended', async () => {
    const cart = await startCart({ name: 'stands by', standby: 1, snapshotEvery: 2 });
    await until(() => cart.status().threads.every(({ state }) => state === 'live') && cart.status().threads.length === 2);
    for (let i = 0; i < 4; i++) await cart.call('note', i);
    await until(async () => (await seriesOf('stands by')).get('standby_lag_messages') === 0);
    const tookOver = nextOf(cart, 'takeOver');
    await codeOf(cart.call('exits', 1));
    await tookOver;
    const series = await seriesOf('stands by');
    // The message is tried once more: the next standby may have been ready in time to take over from its second death.
    assert.ok(series.get('takeover_seconds_count')! >= 1);
    assert.ok(series.get('snapshots_total result="ok"')! >= 1);
    await cart.stop();
    assert.equal((await seriesOf('stands by')).size, 0);
  });

  it('go into a register that is given, once, in a form that Prometheus reads', async () => {
    const register = new Registry();
    await using _cart = await startCart({ name: 'in a register' });
    serverMetrics({ register });
    assert.ok((await seriesOf('in a register', register)).size > 20);
    assert.equal(parseExposition(await register.metrics()).get('holdfast_server_call_seconds')!.type, 'histogram');
    const taken = { getSingleMetric: () => ({}), registerMetric: () => {}, removeSingleMetric: () => {}, metrics: async () => '' };
    assert.throws(() => serverMetrics({ register: taken as never }), { code: 'ERR_INVALID_OPTION' });
    assert.throws(() => serverMetrics({ prefix: '1-' }), { code: 'ERR_INVALID_OPTION' });
  });
});

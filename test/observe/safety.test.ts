import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pool } from '../../src/index.ts';
import { observe, observer } from '../../src/observe/index.ts';
import { ask, get, raw, TASKS, watched } from './asking.ts';

const TOKEN = 'a-token-of-this-test';

test('another host than loopback needs a token, or the word that others ask for it', async () => {
  const pool = new Pool({ filename: TASKS, threads: 1, spares: 0 });
  await assert.rejects(observe(pool, { host: '0.0.0.0' }), {
    code: 'ERR_INVALID_OPTION',
    message: /^host: Expected a loopback address, or a token\. Got "0\.0\.0\.0"/,
  });
  for (const options of [{ token: TOKEN }, { behindProxy: true }]) {
    const page = await observe(pool, { host: '0.0.0.0', ...options });
    assert.match(page.url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
    await page.close();
  }
  for (const bad of [
    { port: -1 },
    { port: 1.5 },
    { token: 'short' },
    { token: 'with a space in it' },
    { path: 'pool' },
    { path: '/pool/' },
    { reveal: 1 },
    { colour: 'red' },
  ])
    await assert.rejects(observe(pool, bad as never), { code: 'ERR_INVALID_OPTION' }, JSON.stringify(bad));
  assert.throws(() => observer(pool, { token: '' }), { code: 'ERR_INVALID_OPTION' });
  assert.throws(() => observer({} as never), { code: 'ERR_INVALID_OPTION', message: /^pool: Expected a Pool/ });
  await pool.close({ force: true });
});

test('who does not know the token sees the probes alone', async (t) => {
  const { port } = await watched(t, { token: TOKEN });
  for (const path of ['/', '/metrics', '/tree', '/stats', '/events', '/report.html', '/nowhere', '/?token=wrong', '/?token='])
    assert.equal(await ask(port, get(path)), 401, path);
  assert.equal(await ask(port, get('/live')), 200);
  const basic = (text: string) => `authorization: Basic ${Buffer.from(text).toString('base64')}\r\n`;
  const known = [`authorization: Bearer ${TOKEN}\r\n`, basic(`:${TOKEN}`), basic(`somebody:${TOKEN}`)];
  const unknown = [
    'authorization: Bearer wrong\r\n',
    basic(TOKEN.slice(1)),
    'authorization: \r\n',
    `authorization: Digest ${TOKEN}\r\n`,
    `cookie: holdfast_observer=${TOKEN}\r\n`,
    'cookie: ;;=;\r\n',
  ];
  for (const header of known) assert.equal(await ask(port, get('/stats', 'localhost', 'GET', header)), 200, header);
  for (const header of unknown) assert.equal(await ask(port, get('/stats', 'localhost', 'GET', header)), 401, header);
  assert.match(await raw(port, get('/')), /www-authenticate: Basic/i);
});

test('a token in the address is taken out of it, and a cookie that does not tell it stays', async (t) => {
  const { port } = await watched(t, { token: TOKEN });
  const answer = await raw(port, get(`/?token=${TOKEN}`));
  assert.match(answer, /^HTTP\/1\.1 303/);
  assert.match(answer, /location: \.\/\r\n/i);
  const [, cookie = '', flags = ''] = /set-cookie: ([^;]+); ([^\r]*)/i.exec(answer) ?? [];
  assert.match(flags, /HttpOnly; SameSite=Strict/);
  assert.ok(!answer.includes(TOKEN));
  assert.equal(await ask(port, get('/', 'localhost', 'GET', `cookie: other=1; ${cookie}\r\n`)), 200);
});

import { connect } from 'node:net';
import type { Random } from '../../src/core/random.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'OPTIONS', 'CONNECT', 'TRACE', 'PATCH', 'get', '', 'GE T', 'GET\u0000'];
const TARGETS = [
  '/metrics',
  '/tree',
  '/stats',
  '/live',
  '/ready',
  '/report.html',
  '/events',
  '/?token=x',
  '/events?x=%ff',
  '/',
  '//',
  '///',
  '/%',
  '/%00',
  '/../..',
  '*',
  '',
  'http://',
  'http://[',
  '/\u0000',
  '/é',
  '?',
  '#',
];
const HEADERS = [
  'host: localhost',
  'host: evil.example',
  'host: [',
  'content-length: 5',
  'content-length: -1',
  'content-length: 99999999999999999999',
  'transfer-encoding: chunked',
  'expect: 100-continue',
  'expect: nothing',
  'upgrade: websocket',
  'connection: upgrade',
  'connection: close',
  'range: bytes=0-',
  ': empty',
  'a\u0000b: c',
  `long: ${'x'.repeat(20_000)}`,
];
const LINE_ENDS = ['\r\n', '\n', '\r', ''];
const CONNECTIONS = 16;

function pick<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)]!;
}

function rawBytes(random: Random): Buffer {
  return Buffer.from(Array.from({ length: 1 + Math.floor(random() * 300) }, () => Math.floor(random() * 256)));
}

/** One request, or something that is not a request. */
function request(random: Random): Buffer {
  if (random() < 0.15) return rawBytes(random);
  const end = random() < 0.9 ? '\r\n' : pick(random, LINE_ENDS);
  const version = random() < 0.9 ? 'HTTP/1.1' : pick(random, ['HTTP/1.0', 'HTTP/2.0', 'HTTP/9', '', 'x']);
  let text = `${random() < 0.7 ? 'GET' : pick(random, METHODS)} ${pick(random, TARGETS)} ${version}${end}`;
  if (random() < 0.8) text += `host: localhost${end}`;
  for (let i = Math.floor(random() * 4); i > 0; i--) text += `${pick(random, HEADERS)}${end}`;
  const bytes = Buffer.concat([Buffer.from(`${text}${end}`, 'latin1'), random() < 0.2 ? rawBytes(random) : Buffer.alloc(0)]);
  return random() < 0.1 ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes;
}

/** Sends some requests over one connection, and leaves it in one of three ways. */
function session(port: number, random: Random, requests: number): Promise<void> {
  const bytes = Buffer.concat(Array.from({ length: requests }, () => request(random)));
  const leave = random();
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      if (leave < 0.3) socket.write(bytes, () => socket.resetAndDestroy());
      else if (leave < 0.4) socket.write(bytes, () => socket.destroy());
      else socket.end(bytes);
    });
    socket.resume();
    socket.on('error', () => {});
    socket.on('close', () => resolve());
    socket.setTimeout(2_000, () => socket.destroy());
  });
}

/** Sends `count` requests of any shape, over connections that carry one to twenty of them. */
export async function fuzz(port: number, random: Random, count: number): Promise<void> {
  let left = count;
  const lane = async () => {
    while (left > 0) {
      const requests = Math.min(left, 1 + Math.floor(random() * 20));
      left -= requests;
      await session(port, random, requests);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, lane));
}

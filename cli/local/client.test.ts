import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Account, call, unreachable } from './client.ts';

let server: Server;
let address: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const code = Number(request.url?.slice(1));
    response.writeHead(code, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ kind: 'Status', reason: 'NotFound', message: 'clusters "a" not found', code }));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const ask = (code: number) =>
  call({ server: address }, 'GET', `/${code}`, undefined, {
    refused: 'sign in',
    missing: 'list them',
    conflict: 'rename',
  });

test('a refusal has the server’s own words, and the next step', async () => {
  await expect(ask(404)).rejects.toThrow(/^clusters "a" not found: list them$/);
  await expect(ask(409)).rejects.toThrow(/^clusters "a" not found: rename$/);
  await expect(ask(401)).rejects.toThrow(/^sign in$/);
  await expect(ask(403)).rejects.toThrow(/^clusters "a" not found$/);
});

test('another site at the address, or one in front of it, is told from the service', async () => {
  const other = createServer((request, response) => {
    if (request.url === '/moved') response.writeHead(302, { location: 'https://sign.in/' });
    response.end('<html>');
  });
  await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening));
  const { port } = other.address() as AddressInfo;
  const at = (scheme: string, path: string) => call({ server: `${scheme}://127.0.0.1:${port}` }, 'GET', path);
  await expect(at('http', '/')).rejects.toThrow(/^http:.* does not answer as Islet does: is the address right\?$/);
  await expect(at('http', '/moved')).rejects.toThrow(/sends requests on to https:\/\/sign\.in\/: name the address/);
  await expect(at('https', '/')).rejects.toThrow(/does not speak TLS/);
  other.close();
});

const error = (code: string): NodeJS.ErrnoException => Object.assign(new Error('words of Node'), { code });

test('a server out of reach is named with what to look at', () => {
  expect(unreachable('https://127.0.0.1:7443', error('ECONNREFUSED'))).toContain('`npx islet up --port 7443`');
  expect(unreachable('https://islet.example.com', error('ECONNREFUSED'))).not.toContain('`npx islet up --port 7443`');
  expect(unreachable('https://islet.example.com', error('ENOTFOUND'))).toContain('no such host');
  expect(unreachable('https://islet.example.com', error('SELF_SIGNED_CERT_IN_CHAIN'))).toContain('NODE_EXTRA_CA_CERTS');
  expect(unreachable('https://islet.example.com', error('ECONNRESET'))).toContain('words of Node');
});

test.each([
  'http://islet.example.com',
  'HTTP://10.0.0.1:7443',
  'http:/islet.example.com',
  'http://localhost.example.com',
  'http://a@localhost:1',
])('no token is sent to %s in clear text', async (clear) => {
  const why = `${clear} would be sent a token that others can read on the way: use its https:// address`;
  await expect(Account.of({ server: clear, token: 't' }).list()).rejects.toThrow(why);
  await expect(Account.open({ server: clear, secret: 's', account: 'default' })).rejects.toThrow(why);
});

test('the loopback needs no encryption', async () => {
  await expect(call({ server: address, token: 't' }, 'GET', '/404')).rejects.toThrow(/^clusters "a" not found$/);
});

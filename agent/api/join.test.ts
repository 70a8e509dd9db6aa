import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { isMember, joinCluster } from './join.ts';

const token = (claims: object): string => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;
const JOIN = token({ use: 'join', cluster: 'abcdefghij', ca: '0'.repeat(64) });
const join = (server: string, token: string) =>
  joinCluster({ server, token, nodeName: 'n1', userAgent: 'test' }).then(
    () => 'joined',
    (error: Error) => error.message,
  );

test('a join that cannot work says why, and what to do, in one line', async () => {
  const server = 'https://127.0.0.1:1';
  expect(await join(server, 'garbage')).toContain('islet token create --print-join-command');
  expect(await join(server, 'e30.bnVsbA.x')).toContain('this is not a join token'); // its claims are `null`
  expect(await join(server, token({ use: 'cluster', cluster: 'abcdefghij' }))).toContain('this is not a join token');
  expect(await join('nonsense', JOIN)).toBe('--server must be an address like https://host:port, not nonsense');
  expect(await join(server, JOIN)).toMatch(
    /^https:\/\/127\.0\.0\.1:1 cannot be reached \(.*\): is Islet running there/,
  );
});

test('a token that names its CA is never sent in the clear', async () => {
  expect(await join('http://127.0.0.1:1', JOIN)).toContain('must be an https:// address');
});

test('a node has left its cluster when its token is refused, not when the cluster does not answer', async () => {
  let answer = 200;
  const server = createServer((_, response) => void response.writeHead(answer).end('{}')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const member = (at: string) => isMember({ server: at, nodeName: 'n1', token: 't' }, 'test');
  const answers: boolean[] = [];
  for (answer of [200, 404, 403, 500, 401]) answers.push(await member(address));
  expect(answers).toEqual([true, true, true, true, false]);
  server.close();
  expect(await member('http://127.0.0.1:1')).toBe(true);
});

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { NO_CLUSTER } from '../../wire/identity.ts';
import { reasonOf } from './client.ts';
import { joinCluster, whyNoMember } from './join.ts';

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
  const unpinned = token({ use: 'join', cluster: 'abcdefghij' });
  expect(await join(server, unpinned)).toMatch(
    /^https:\/\/127\.0\.0\.1:1 cannot be reached .*: is Islet running there/,
  );
  const plain = createServer((_, response) => response.end('<html>')).listen(0, '127.0.0.1');
  await once(plain, 'listening');
  const dashboard = `https://127.0.0.1:${(plain.address() as AddressInfo).port}`;
  for (const each of [JOIN, unpinned]) expect(await join(dashboard, each)).toContain('does not speak TLS');
  plain.close();
});

test('a token that names its CA is never sent in the clear', async () => {
  expect(await join('http://127.0.0.1:1', JOIN)).toContain('must be an https:// address');
});

test('a node has left its cluster when its token is refused or the cluster is gone, not when that does not answer', async () => {
  let [code, message] = [200, ''];
  const server = createServer((_, response) => {
    response.writeHead(code).end(JSON.stringify({ kind: 'Status', message }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const why = (at: string) => whyNoMember({ server: at, nodeName: 'n1', token: 't' }, 'test');
  const answers: unknown[] = [];
  for (code of [200, 404, 403, 500, 401]) answers.push(await why(address));
  expect(answers).toEqual([undefined, undefined, undefined, undefined, 'revoked']);
  [code, message] = [404, NO_CLUSTER];
  expect(await why(address)).toBe('cluster-deleted');
  server.close();
  expect(await why('http://127.0.0.1:1')).toBeUndefined();
});

test('a cluster that takes connections and answers nothing keeps its node waiting for seconds, once', async () => {
  let asked = 0;
  const silent = createServer(() => void asked++).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const server = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const before = performance.now();
  expect(await whyNoMember({ server, nodeName: 'n1', token: 't' }, 'test')).toBeUndefined();
  expect(performance.now() - before).toBeLessThan(10_000);
  expect(asked).toBe(1);
  silent.close();
}, 20_000);

test('the error of a host with several addresses says what each of them said', () => {
  const each = ['::1', '127.0.0.1'].map((host) => new Error(`connect ECONNREFUSED ${host}:1`));
  expect(reasonOf(new AggregateError(each))).toBe('connect ECONNREFUSED ::1:1, connect ECONNREFUSED 127.0.0.1:1');
});

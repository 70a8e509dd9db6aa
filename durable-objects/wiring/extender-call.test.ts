import { expect, test } from 'vitest';
import type { OutboundRequest } from '../apiserver/outbound.ts';
import { extenderCall } from './extender-call.ts';

test.each<[string, OutboundRequest['to']]>([
  ['http://127.0.0.1:8888/e/filter', { url: 'http://127.0.0.1:8888/e/filter' }],
  [
    'http://e.kube-system.svc:8888/e/filter?a=b',
    { service: { namespace: 'kube-system', name: 'e', port: 8888, path: '/e/filter?a=b', plain: true } },
  ],
  [
    'https://e.kube-system.svc.cluster.local/filter',
    { service: { namespace: 'kube-system', name: 'e', port: 443, path: '/filter' } },
  ],
  ['nonsense', { url: 'nonsense' }],
])('%s', async (url, to) => {
  let sent: OutboundRequest | undefined;
  const call = extenderCall(async (request) => {
    sent = request;
    return { status: 200, headers: {}, body: '{}' };
  });
  const tls = { serverName: 'x', client: { cert: 'c', key: 'k' } };
  expect(await call({ url, tls, body: '[]', timeoutMs: 7 })).toEqual({ status: 200, body: '{}' });
  expect(sent).toMatchObject({ to, method: 'POST', body: '[]', timeoutMs: 7, serverName: 'x' });
  expect(await sent?.client?.('n')).toEqual(tls.client);
});

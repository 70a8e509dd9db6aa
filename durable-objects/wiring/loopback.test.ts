import { expect, test } from 'vitest';
import { OutboundError, type OutboundRequest } from '../apiserver/outbound.ts';
import type { ApiAnswer } from '../apiserver/request.ts';
import { Loopback } from './loopback.ts';

const PROXIED: ApiAnswer = {
  type: 'stream',
  stream: {
    kind: 'http',
    node: '',
    target: { host: 'localhost', port: 1, tls: { caBundle: 'pem', insecure: undefined } },
  },
  http: {
    path: '/apis/metrics.k8s.io/v1beta1/pods?a=b',
    headers: { host: 'metrics.kube-system.svc:443', 'x-remote-user': 'hpa', 'x-remote-group': ['a', 'b'] },
    isFrontProxy: true,
  },
};
const ASK = {
  user: 'hpa',
  method: 'GET',
  path: '/apis/metrics.k8s.io/v1beta1/pods',
  cause: { kind: 'system', at: 0, why: 'test' },
} as const;

test.each([
  [200, '<html>', 'InternalError'],
  [200, 'null', 'InternalError'],
  [404, '"x"', 'NotFound'],
  [405, 'no', 'MethodNotAllowed'],
  [500, '', 'InternalError'],
])('an aggregated API that answers %i with %j fails the request', async (status, body, reason) => {
  const loopback = new Loopback();
  const headers = { 'content-type': 'application/json' };
  loopback.connect({ handle: async () => PROXIED, inFlight: () => 0 }, async () => ({ status, headers, body }));
  expect(await loopback.request(ASK)).toMatchObject({ ok: false, status: { kind: 'Status', reason } });
});

test.each([
  [404, 'NotFound'],
  [500, 'InternalError'],
  [200, 'InternalError'],
])('a page of %i is no success, and says what is missing where it is 404 alone', async (status, reason) => {
  const loopback = new Loopback();
  const answer = { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'words' };
  loopback.connect({ handle: async () => PROXIED, inFlight: () => 0 }, async () => answer);
  expect(await loopback.request(ASK)).toMatchObject({ ok: false, status: { reason } });
});

test('the cluster’s own parts are answered by an aggregated API', async () => {
  const asked: OutboundRequest[] = [];
  let isUp = true;
  const loopback = new Loopback();
  loopback.connect({ handle: async () => PROXIED, inFlight: () => 0 }, async (request) => {
    asked.push(request);
    if (!isUp) throw new OutboundError('connection refused');
    return { status: 200, headers: { 'content-type': 'application/json' }, body: '{"kind":"PodMetricsList"}' };
  });
  expect(await loopback.request(ASK)).toEqual({ ok: true, object: { kind: 'PodMetricsList' } });
  expect(asked).toEqual([
    {
      to: {
        service: {
          namespace: 'kube-system',
          name: 'metrics',
          port: 443,
          path: '/apis/metrics.k8s.io/v1beta1/pods?a=b',
        },
      },
      caBundle: 'pem',
      method: 'GET',
      headers: { accept: 'application/json', 'x-remote-user': 'hpa', 'x-remote-group': ['a', 'b'] },
      timeoutMs: 10_000,
    },
  ]);
  isUp = false;
  expect(await loopback.request(ASK)).toMatchObject({
    ok: false,
    status: { code: 503, message: 'error trying to reach service: connection refused' },
  });
});

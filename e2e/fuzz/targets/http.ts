import fc from 'fast-check';
import { startCluster } from '../../../testing/index.ts';
import { rawRequest } from '../raw-request.ts';
import { target } from '../target.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'get', 'X', ''] as const;
const PATHS = [
  '/api/v1/namespaces/default/configmaps',
  '/api/v1/namespaces/default/pods/x/exec?command=ls',
  '/api/v1/namespaces/default/pods/x/log?follow=true',
  '/apis/apps/v1/deployments?watch=true&timeoutSeconds=1',
  '/api/v1/nodes/x/proxy/a',
  '/openapi/v3/apis/apps/v1',
  '/openapi/v2',
  '/version',
  '/livez?verbose',
  '/metrics',
  '/islet/v1/socket',
  '/islet/v1/streams/x',
  '/..%2f..%2f',
  '/%',
  '//',
  '*',
  '',
] as const;
const HEADERS = [
  'Accept: application/vnd.kubernetes.protobuf',
  'Accept: application/json;as=Table;g=meta.k8s.io;v=v1',
  'Accept-Encoding: gzip;q=x',
  'Content-Type: application/json',
  'Content-Type: application/vnd.kubernetes.protobuf',
  'Content-Type: application/apply-patch+yaml',
  'Content-Length: 5',
  'Content-Length: 99999999',
  'Content-Length: -1',
  'Transfer-Encoding: chunked',
  'Upgrade: websocket',
  'Upgrade: SPDY/3.1',
  'Connection: Upgrade',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  'Sec-WebSocket-Protocol: v5.channel.k8s.io',
  'Sec-WebSocket-Protocol: base64url.bearer.authorization.k8s.io.AAAA',
  'Impersonate-User: ü',
  'Impersonate-Extra-%zz: a',
  'Impersonate-Group: a',
  'If-None-Match: *',
  'Range: bytes=5-1',
  'Expect: 100-continue',
  'Cookie: __Host-islet=x',
  'Host: x',
  'X: y',
] as const;
const BODIES = [
  '',
  '{}',
  'a: [',
  '5\r\n{"a":\r\n0\r\n\r\n',
  'k8s\u0000',
  '{"metadata":{"name":"a"}}',
  '\u0000\u0001',
] as const;

export const http = target({
  name: 'http',
  about: 'requests written by hand to a service in workerd: methods, paths, headers and bodies that do not fit',
  quickRuns: 40,
  input: fc.record({
    method: fc.constantFrom(...METHODS),
    path: fc.oneof(
      fc.constantFrom(...PATHS),
      fc.webPath().map((path) => `/api${path}`),
    ),
    beneath: fc.boolean(),
    version: fc.constantFrom('HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/9'),
    headers: fc.array(fc.constantFrom(...HEADERS), { maxLength: 5 }),
    authorised: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    body: fc.constantFrom(...BODIES),
  }),
  async open() {
    const cluster = await startCluster({ simulatedNodes: 1 });
    const { hostname, port, pathname } = new URL(cluster.server);
    const send = (text: string) => rawRequest({ host: hostname, port: Number(port), ca: cluster.ca }, text);
    return {
      async attempt({ method, path, beneath, version, headers, authorised, body }) {
        const lines = [
          `${method} ${beneath ? pathname : ''}${path} ${version}`,
          `Host: ${hostname}:${port}`,
          ...headers,
        ];
        if (authorised) lines.push(`Authorization: Bearer ${cluster.token}`);
        const text = `${lines.join('\r\n')}\r\n\r\n${body}`;
        const status = await send(text);
        // Upstream, too, answers 500 where the client leaves before its body is whole.
        if (headers.some((header) => /^(Content-Length|Transfer-Encoding)/.test(header))) return;
        // 501 says what is not built, and what a server does not know (RFC 9110); 503 and 504 are upstream's.
        if (status >= 500 && status !== 501 && status !== 503 && status !== 504) {
          throw new Error(`${status} to ${JSON.stringify(text)}`);
        }
        const line = `GET ${pathname}/api/v1/namespaces/default HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close`;
        const after = await send(`${line}\r\nAuthorization: Bearer ${cluster.token}\r\n\r\n`);
        if (after !== 200) throw new Error(`the service answers ${after} after ${JSON.stringify(text)}`);
      },
      close: () => cluster.stop(),
    };
  },
});

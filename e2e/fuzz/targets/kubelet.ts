import fc from 'fast-check';
import { KubeletServer } from '../../../agent/api/kubelet-server.ts';
import { createAuthority, issueServer } from '../../../cli/local/certificates.ts';
import { rawRequest } from '../raw-request.ts';
import { target } from '../target.ts';

const PATHS = [
  '/metrics/resource',
  '/stats/summary',
  '/pods/',
  '/healthz',
  '/configz',
  '/exec/a/b/c?command=ls',
  '/run/../pods',
  '/logs/..%2f..%2fetc/passwd',
  '/%',
  '/\u0000',
  '//pods',
  'http://x/pods',
  '*',
  '',
] as const;
const HEADERS = [
  'Authorization: Bearer scraper',
  'Authorization: Bearer scraper',
  'Authorization: Bearer ',
  'Authorization: Basic x',
  'Authorization: Bearer __proto__',
  'Content-Length: -1',
  'Content-Length: 5',
  'Transfer-Encoding: chunked',
  'Upgrade: SPDY/3.1',
  'Connection: Upgrade',
  'Expect: 100-continue',
  'Expect: x',
  `X: ${'x'.repeat(20_000)}`,
  ': x',
] as const;

export const kubelet = target({
  name: 'kubelet',
  about: "requests written by hand to the agent's own port, which is a kubelet's: none is let in without its right",
  quickRuns: 40,
  input: fc.record({
    method: fc.constantFrom('GET', 'GET', 'POST', 'HEAD', 'OPTIONS', 'CONNECT', 'get', ''),
    path: fc.oneof(fc.constantFrom(...PATHS), fc.webPath()),
    version: fc.constantFrom('HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/9'),
    headers: fc.array(fc.constantFrom(...HEADERS), { maxLength: 4 }),
    body: fc.constantFrom('', '{}', '5\r\nhello\r\n0\r\n\r\n', '\u0000'),
  }),
  async open() {
    const now = Date.now();
    const pair = await issueServer(await createAuthority(now), ['n', '127.0.0.1'], now);
    const warned: string[] = [];
    const api = {
      request: async <T>(_method: string, path: string, body: unknown): Promise<T> => {
        const { spec } = body as { spec: { token: string; user: string } };
        if (!path.endsWith('/tokenreviews')) return { status: { allowed: spec.user === 'scraper' } } as T;
        return { status: { authenticated: spec.token === 'scraper', user: { username: spec.token } } } as T;
      },
    };
    const time = '2026-01-01T00:00:00Z';
    const stats = { startTime: null, cpu: { time, usageNanoCores: 1 }, memory: { time, workingSetBytes: 1 } };
    const summary = { node: { nodeName: 'n', ...stats }, pods: [] };
    const server = await KubeletServer.listen(
      { port: 0, host: '127.0.0.1', ...pair },
      {
        api,
        clock: { now: () => Date.now() },
        nodeName: 'n',
        node: { pods: () => [], summary: async () => summary },
        warn: (text) => void warned.push(text),
      },
    );
    const send = (text: string) =>
      rawRequest({ host: '127.0.0.1', port: server.port, rejectUnauthorized: false }, text);
    const head = 'GET /healthz HTTP/1.1\r\nHost: n\r\nAuthorization: Bearer scraper\r\n';
    return {
      async attempt({ method, path, version, headers, body }) {
        const lines = [`${method} ${path} ${version}`, 'Host: n', ...headers];
        const text = `${lines.join('\r\n')}\r\n\r\n${body}`;
        const status = await send(text);
        if (status >= 500 || warned.length > 0) throw new Error(`${status} to ${text}: ${warned.splice(0)}`);
        if (status === 200 && !headers.includes('Authorization: Bearer scraper')) throw new Error(`let in: ${text}`);
        const after = await send(`${head}Connection: close\r\n\r\n`);
        if (after !== 200) throw new Error(`the server answers ${after} after ${text}`);
      },
      close: async () => server.close(),
    };
  },
});

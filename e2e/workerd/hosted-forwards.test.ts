/** Forwards of a service that has a name and TLS: their sites are beneath a domain of their own. */
import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import { expect, test } from 'vitest';
import { type Endpoint, send } from '../../cli/local/client.ts';
import { readService } from '../../cli/local/service-file.ts';
import { Machine } from './service.ts';
import { joinNode, ServingNode, skip } from './serving-node.ts';

interface Asked {
  method?: string;
  cookie?: string;
  body?: object;
}

interface Got {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** As a browser that was led there by the name: the certificate is for this machine. */
function browseSecurely(
  { server, ca }: Endpoint,
  url: string,
  { method = 'GET', cookie, body }: Asked = {},
): Promise<Got> {
  const { hostname, port } = new URL(server);
  const { host, origin, pathname, search } = new URL(url);
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    host,
    ...(cookie ? { cookie } : {}),
    ...(text === undefined ? {} : { origin, 'content-type': 'application/json' }),
  };
  const options = { host: hostname, port, path: pathname + search, method, ca, agent: false, headers };
  return new Promise((resolve, reject) => {
    const sent = request({ ...options, checkServerIdentity: () => undefined }, (response) => {
      let answered = '';
      response.setEncoding('utf8').on('data', (chunk) => (answered += String(chunk)));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: answered });
      });
    });
    sent.on('error', reject);
    sent.end(text);
  });
}

test.skipIf(skip)(
  'a port opens beneath the domain of forwards, and nowhere near the dashboard',
  async () => {
    await using machine = new Machine();
    const own = ['--state', machine.state, '--kubeconfig', machine.kubeconfig, '--port', '0', '--nodes', '0'];
    const env = ['ISLET_VISITORS=true', 'ISLET_FORWARD_DOMAIN=forwards.example'];
    await machine.command('env', ...env, process.execPath, 'cli/islet.mjs', 'up', ...own).ready();
    const { server, ca } = readService(machine.state);
    const service: Endpoint = { server, ca };
    const dashboard = 'https://islet.example';
    const begun = await browseSecurely(service, `${dashboard}/islet/v1/session/visitor`, { method: 'POST', body: {} });
    expect(begun.status, begun.text).toBe(201);
    const cookie = (begun.headers['set-cookie']?.[0] ?? '').split(';')[0] ?? '';
    const body = { name: 'shop', simulatedNodes: 0 };
    const made = await browseSecurely(service, `${dashboard}/islet/v1/clusters`, { method: 'POST', cookie, body });
    const { id, token } = JSON.parse(made.text) as { id: string; token: string };
    const cluster: Endpoint = { server: `${server}/clusters/${id}`, ca, token };
    const seen: IncomingHttpHeaders[] = [];
    await using node = await ServingNode.open(await joinNode(cluster), ({ headers }, response) => {
      seen.push(headers);
      response.setHeader('set-cookie', 'a=1; Domain=forwards.example; Secure').end('a page of the pod');
    });
    await node.pod(cluster, 'web');

    const target = { kind: 'pods', namespace: 'default', name: 'web', port: node.port };
    const open = (at: string) =>
      browseSecurely(service, `${at}/clusters/${id}/islet/v1/forwards`, { method: 'POST', cookie, body: target });
    const opened = await open(dashboard);
    expect(opened.status, opened.text).toBe(201);
    const { address, site } = JSON.parse(opened.text) as { address: string; site: string };
    expect(site).toMatch(/^https:\/\/[a-z2-7]{20}\.forwards\.example$/);
    const entered = await browseSecurely(service, address);
    expect([entered.status, entered.headers.location, entered.headers['set-cookie']]).toEqual([
      303,
      '/',
      [expect.stringMatching(/^__Host-islet-forward=\S+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+; Secure$/)],
    ]);
    const forward = (entered.headers['set-cookie']?.[0] ?? '').split(';')[0] ?? '';
    const page = await browseSecurely(service, `${site}/`, { cookie: `${forward}; b=2` });
    expect([page.status, page.text, page.headers['set-cookie']]).toEqual([200, 'a page of the pod', ['a=1; Secure']]);
    expect(seen.at(-1)).toMatchObject({ cookie: 'b=2', 'x-forwarded-proto': 'https' });

    // The API and the dashboard are not at a site, and a site's cookie is of no use to them.
    expect((await browseSecurely(service, `${site}/islet/v1/clusters`, { cookie })).status).toBe(401);
    const asSession = forward.replace('forward', 'session');
    expect((await browseSecurely(service, `${dashboard}/islet/v1/clusters`, { cookie: asSession })).status).toBe(401);
    const asToken = { ...cluster, token: forward.split('=')[1] ?? '' };
    expect((await send(asToken, 'GET', '/api/v1/pods')).status).toBe(401);
    // A dashboard beneath the same domain offers none.
    const near = await open('https://islet.forwards.example');
    expect([near.status, near.text]).toEqual([501, expect.stringContaining('use kubectl port-forward')]);
  },
  60_000,
);

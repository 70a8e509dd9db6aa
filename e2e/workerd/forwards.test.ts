/** Ports of pods that open in a browser, each at a site of its own: what gets there, what does not, and what ends it. */
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { expect, test } from 'vitest';
import WebSocket from 'ws';
import { type Endpoint, send } from '../../cli/local/client.ts';
import { readService } from '../../cli/local/service-file.ts';
import type { Forward } from '../../wire/forwards.ts';
import { eventually } from '../eventually.ts';
import { Browser } from './people/browser.ts';
import { Machine } from './service.ts';
import { ADDRESS, joinNode, PODS, type Seen, ServingNode, skip } from './serving-node.ts';

const MANY = 10 * 1024 * 1024;

interface Got {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** As a browser asks a site, which keeps the site's cookie. */
class Site {
  cookie = '';
  readonly origin: string;

  constructor(origin: string) {
    this.origin = origin;
  }

  async ask(
    path: string,
    more: { method?: string; headers?: Record<string, string>; body?: Buffer } = {},
  ): Promise<Got> {
    const answer = await this.begin(path, more);
    const pieces: Buffer[] = [];
    for await (const piece of answer) pieces.push(piece as Buffer);
    const { statusCode = 0, headers } = answer;
    return { status: statusCode, headers, text: String(Buffer.concat(pieces)) };
  }

  begin(
    path: string,
    { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: Buffer } = {},
  ): Promise<IncomingMessage> {
    const { host, port } = new URL(this.origin);
    const own = this.cookie === '' ? {} : { cookie: this.cookie };
    const length = body ? { 'content-length': body.length } : {};
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, path, method, agent: false };
      const sent = request({ ...options, headers: { host, ...own, ...length, ...headers } }, resolve);
      sent.on('error', reject);
      sent.end(body);
    });
  }

  socket(path: string): WebSocket {
    const { host, port } = new URL(this.origin);
    const headers = { host, cookie: this.cookie, origin: this.origin };
    return new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers, perMessageDeflate: false });
  }
}

const PAGE = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

test.skipIf(skip)(
  'a port of a pod opens at a site of its own, for as long as its person may',
  async () => {
    await using machine = new Machine();
    const own = ['--state', machine.state, '--kubeconfig', machine.kubeconfig, '--port', '0', '--nodes', '0'];
    const service = machine.command('env', 'ISLET_VISITORS=true', process.execPath, 'cli/islet.mjs', 'up', ...own);
    const start = Browser.of(await service.ready());
    const visitor = async () => {
      const browser = start.another();
      const begun = await browser.ask('POST', '/islet/v1/session/visitor', {});
      expect(begun.status, begun.text).toBe(201);
      return { browser, account: (begun.json as { account: string }).account };
    };
    const { browser: ada } = await visitor();
    const made = await ada.ask('POST', '/islet/v1/clusters', { name: 'shop', simulatedNodes: 1 });
    const { id, token } = made.json as { id: string; token: string };
    const { server, ca } = readService(machine.state);
    const cluster: Endpoint = { server: `${server}/clusters/${id}`, ca, token };

    const seen: Seen[] = [];
    await using node = await ServingNode.open(await joinNode(cluster), (asked, response) => {
      const { method = '', url = '', headers } = asked;
      seen.push({ method, url, headers });
      if (url === '/events') {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write('data: first\n\n');
        asked.on('close', () => response.end());
      } else if (url === '/many') response.end(Buffer.alloc(MANY, 'x'));
      else if (url === '/away') response.writeHead(302, { location: `http://${ADDRESS}:${node.port}/there` }).end();
      else if (url === '/cookie') {
        response.setHeader('set-cookie', ['a=1; Domain=localhost; Path=/', 'islet-session=stolen']).end('set');
      } else if (method === 'POST') {
        let size = 0;
        asked.on('data', (piece: Buffer) => (size += piece.length)).on('end', () => response.end(String(size)));
      } else
        response.setHeader('content-type', 'text/html').end('<script>1</script><a href="/a">a page of the pod</a>');
    });
    await node.pod(cluster, 'web');
    await node.pod(cluster, 'other');

    const open = (browser: Browser, name: string, more = {}) =>
      browser.ask('POST', `/clusters/${id}/islet/v1/forwards`, {
        kind: 'pods',
        namespace: 'default',
        name,
        port: node.port,
        ...more,
      });
    const enter = async (browser: Browser, name: string) => {
      const opened = await open(browser, name);
      expect(opened.status, opened.text).toBe(201);
      const { address, site: origin } = opened.json as { address: string; site: string };
      const site = new Site(origin);
      const { pathname, search } = new URL(address);
      const entered = await site.ask(pathname + search, { headers: PAGE });
      expect([entered.status, entered.headers.location]).toEqual([303, '/']);
      const [cookie = ''] = entered.headers['set-cookie'] ?? [];
      expect(cookie).toMatch(/^islet-forward-\d+=\S+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+$/);
      site.cookie = cookie.split(';')[0] ?? '';
      return { site, ticket: pathname + search };
    };

    // A ticket counts once, at the one site; a browser without the cookie finds nothing.
    const { site, ticket } = await enter(ada, 'web');
    const { site: other } = await enter(ada, 'other');
    expect(site.origin).toMatch(/^http:\/\/islet-\w+-[a-z2-7]{20}\.localhost:\d+$/);
    expect(site.origin).not.toBe(other.origin);
    expect((await site.ask(ticket, { headers: PAGE })).status).toBe(403);
    expect((await new Site(site.origin).ask('/')).status).toBe(401);
    const swapped = new Site(site.origin);
    swapped.cookie = other.cookie;
    expect((await swapped.ask('/')).status).toBe(401);
    const asSession = ada.another();
    asSession.cookie = site.cookie.replace('forward', 'session');
    expect((await asSession.ask('GET', '/islet/v1/clusters')).status).toBe(401);

    // The pod has the site to itself, and sees nothing of Islet's.
    const page = await site.ask('/?a=1', {
      headers: { ...PAGE, cookie: `${ada.cookie}; ${site.cookie}; mine=1`, authorization: 'Bearer own' },
    });
    expect([page.status, page.text]).toEqual([200, '<script>1</script><a href="/a">a page of the pod</a>']);
    expect(page.headers['content-security-policy']).toBeUndefined();
    const { host } = new URL(site.origin);
    expect(seen.at(-1)).toMatchObject({
      url: '/?a=1',
      headers: { cookie: 'mine=1', authorization: 'Bearer own', host, 'x-forwarded-proto': 'http' },
    });
    expect((await site.ask('/cookie')).headers['set-cookie']).toEqual(['a=1; Path=/']);
    expect((await site.ask('/away')).headers.location).toBe('/there');
    const many = await site.ask('/many');
    expect([many.status, many.text.length]).toEqual([200, MANY]);
    const sent = await site.ask('/up', { method: 'POST', body: Buffer.alloc(MANY, 'y') });
    expect(sent.text).toBe(String(MANY));
    const events = await site.begin('/events');
    const first = await new Promise((resolve) => events.once('data', (piece) => resolve(String(piece))));
    expect(first).toBe('data: first\n\n');
    events.destroy();

    // Other sites' pages ask for nothing here.
    const before = seen.length;
    for (const fetchSite of ['same-site', 'cross-site']) {
      const headers = { 'sec-fetch-site': fetchSite, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'empty' };
      expect((await site.ask('/', { method: 'POST', headers })).status).toBe(403);
      expect(
        (await site.ask('/', { headers: { ...PAGE, 'sec-fetch-site': fetchSite, 'sec-fetch-dest': 'iframe' } })).status,
      ).toBe(403);
    }
    expect((await site.ask('/', { method: 'POST', headers: { origin: other.origin } })).status).toBe(403);
    expect(seen.length).toBe(before);

    // It is listed, and closing it ends its WebSockets.
    const socket = site.socket('/live');
    const said = await new Promise((resolve, reject) => {
      socket.once('open', () => socket.send('hello')).once('error', reject);
      socket.once('message', (data) => resolve(String(data)));
    });
    expect(said).toBe('echo hello');
    let closed = false;
    socket.on('close', () => (closed = true));
    const listed = (await ada.ask('GET', '/islet/v1/forwards')).json as { items: Forward[]; offered: boolean };
    expect([listed.offered, listed.items.map(({ target }) => target.name).sort()]).toEqual([true, ['other', 'web']]);
    const web = listed.items.find(({ target }) => target.name === 'web');
    expect((await ada.ask('DELETE', `/islet/v1/forwards/${web?.id}`)).status).toBe(200);
    await eventually(() => expect(closed).toBe(true));
    await eventually(async () => expect((await site.ask('/', { headers: PAGE })).status).toBe(401));

    // Another account has another site, for as long as it has the right.
    const { browser: bob, account } = await visitor();
    expect((await open(bob, 'web')).status).toBe(404);
    const link = (await ada.ask('POST', `/clusters/${id}/islet/v1/links`, { role: 'edit' })).json as { token: string };
    await bob.ask('POST', '/islet/v1/links/accept', { token: link.token });
    const { site: bobs } = await enter(bob, 'web');
    expect(bobs.origin).not.toBe(site.origin);
    expect((await bobs.ask('/')).status).toBe(200);
    const member = `/clusters/${id}/islet/v1/members/${account}`;
    expect((await ada.ask('PUT', member, { role: 'view' })).status).toBe(200);
    const refused = await bobs.ask('/', { headers: PAGE });
    expect([refused.status, refused.text]).toEqual([
      403,
      expect.stringContaining('cannot get resource &quot;pods/proxy&quot;'),
    ]);
    expect((await open(bob, 'web')).status).toBe(403);
    expect((await ada.ask('DELETE', member)).status).toBe(200);
    expect((await bobs.ask('/', { headers: PAGE })).status).toBeGreaterThanOrEqual(401);

    // A port where nothing can be is refused before a tab opens; a pod that goes ends its forward.
    const nowhere = {
      metadata: { name: 'still' },
      spec: { nodeName: 'sim-0', containers: [{ name: 'c', image: 'i' }] },
    };
    expect((await send(cluster, 'POST', PODS, nowhere)).status).toBe(201);
    await eventually(async () => {
      const simulated = await open(ada, 'still');
      expect([simulated.status, simulated.text]).toEqual([501, expect.stringContaining('simulated node')]);
    });
    expect((await open(ada, 'gone')).status).toBe(404);
    expect((await open(ada, 'web', { port: 0 })).status).toBe(400);
    expect((await send(cluster, 'POST', '/islet/v1/forwards', { kind: 'pods' })).status).toBe(403);
    await send(cluster, 'DELETE', `${PODS}/other?gracePeriodSeconds=0`);
    expect((await other.ask('/', { headers: PAGE })).text).toContain('pods &quot;other&quot; not found');

    // Signing out ends what the session opened.
    const { site: last } = await enter(ada, 'web');
    expect((await last.ask('/')).status).toBe(200);
    expect((await ada.ask('DELETE', '/islet/v1/session')).status).toBeLessThan(300);
    await eventually(async () => expect((await last.ask('/')).status).toBe(401));
  },
  120_000,
);

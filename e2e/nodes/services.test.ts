/** Calls to Services of the cluster through a node's agent: webhooks, and the proxies of the API. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import WebSocket from 'ws';
import { createAuthority, issueServer } from '../../cli/local/certificates.ts';
import { readService } from '../../cli/local/service-file.ts';
import { eventually } from '../eventually.ts';
import { browse } from '../workerd/browse.ts';
import { describeOnNode, type RealNode } from './machine.ts';

/** Of the machine, which the pod sees: its Node, and the libraries of that. */
const HOST_FOLDERS = { node: dirname(process.execPath), usr: '/usr', lib: '/lib', lib64: '/lib64' };
const PROXY = '/api/v1/namespaces/default/services/hook:web/proxy';

/** A pod that runs the machine's own Node, beneath the Service `hook`. */
async function startServer(rig: RealNode): Promise<string> {
  const authority = await createAuthority(Date.now());
  const { certificate, key } = await issueServer(authority, ['hook.default.svc'], Date.now());
  const script = readFileSync(new URL('server.mjs', import.meta.url), 'utf8');
  const config = { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'server', namespace: 'default' } };
  await rig.ok('apply -f -', JSON.stringify({ ...config, data: { 'server.mjs': script, certificate, key } }));
  const volumes = Object.entries(HOST_FOLDERS).map(([name, path]) => ({ name, hostPath: { path } }));
  const mounts = Object.keys(HOST_FOLDERS).map((name) => ({ name, mountPath: `/${name}`, readOnly: true }));
  await rig.apply(
    'hook',
    {
      command: ['/node/node', '/config/server.mjs'],
      ports: [{ containerPort: 8080 }],
      volumeMounts: [...mounts, { name: 'config', mountPath: '/config' }],
    },
    { volumes: [...volumes, { name: 'config', configMap: { name: 'server' } }] },
    { labels: { app: 'hook' } },
  );
  const ports = [
    { name: 'https', port: 443, targetPort: 8443 },
    { name: 'web', port: 80, targetPort: 8080 },
    { name: 'closed', port: 81, targetPort: 9 },
  ];
  const service = { kind: 'Service', apiVersion: 'v1', metadata: { name: 'hook', namespace: 'default' } };
  await rig.ok('apply -f -', JSON.stringify({ ...service, spec: { selector: { app: 'hook' }, ports } }));
  await rig.ready('hook').catch(async (error) => {
    throw new Error(
      `${error}\n${await rig.ok('describe pod hook')}\n${(await rig.kubectl(['logs', 'hook', '--previous'])).stdout}`,
    );
  });
  await eventually(async () => expect(await rig.ok('logs hook')).toContain('listening'));
  return Buffer.from(authority.certificate).toString('base64');
}

describeOnNode('services', (rig) => {
  let caBundle: string;
  beforeAll(async () => {
    caBundle = await startServer(rig);
  });

  const configure = (service: object, more: object = {}) =>
    rig.ok(
      'apply -f -',
      JSON.stringify({
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingWebhookConfiguration',
        metadata: { name: 'hook' },
        webhooks: [
          {
            name: 'hook.example.com',
            admissionReviewVersions: ['v1'],
            sideEffects: 'None',
            clientConfig: { service: { namespace: 'default', name: 'hook', path: '/check', ...service }, caBundle },
            rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['secrets'], operations: ['CREATE'] }],
            ...more,
          },
        ],
      }),
    );
  const create = (name: string) => rig.kubectl(['create', 'secret', 'generic', name]);
  const raw = (path: string, ...more: string[]) => rig.kubectl(['get', '--raw', path, ...more]);

  test('a webhook in a pod is asked over TLS, as its Service is named', async () => {
    await configure({});
    await eventually(async () => expect((await create('allowed')).code).toBe(0));
    expect((await create('refused')).stderr).toBe(
      'error: failed to create secret admission webhook "hook.example.com" denied the request: asked at /check?timeout=10s as hook.default.svc:443\n',
    );
  });

  test('a webhook that cannot be asked says why, in upstream’s words, and by which road', async () => {
    const failing = async (service: object, name = 'x', more: object = {}) => {
      await configure(service, more);
      return (await create(name)).stderr;
    };
    const road = /\(through the agent of node real-1, to 10\.\d+\.\d+\.\d+:(8443|9)\)\n$/;
    const closed = await failing({ port: 81 });
    expect(closed).toMatch(/dial tcp 10\.\d+\.\d+\.\d+:9: connect: connection refused/);
    expect(closed).toMatch(road);
    expect(await failing({ port: 82 })).toContain('no service port 82 found for service "hook"');
    expect(await failing({ name: 'none' })).toContain('service "none" not found');
    const slow = await failing({}, 'slow', { timeoutSeconds: 1 });
    expect(slow).toMatch(/Post "https:\/\/hook\.default\.svc:443\/check\?timeout=1s": context deadline exceeded/);
    expect(slow).toMatch(road);
    const other = (await createAuthority(Date.now())).certificate;
    const trust = { clientConfig: { service: { namespace: 'default', name: 'hook' }, caBundle: btoa(other) } };
    expect(await failing({}, 'x', trust)).toContain('x509: certificate signed by unknown authority');
    await rig.ok('delete validatingwebhookconfiguration hook');
  });

  test('a request is proxied to a Service and to a pod with its body, and the answer comes as the server gave it', async () => {
    const service = await raw(`${PROXY}/a%2Fb?q=1`);
    // kubectl prints what a server said beside a status that is none of success.
    expect(service.stderr).toContain('the server responded with the status code 418');
    const pod = await raw('/api/v1/namespaces/default/pods/hook/proxy/page');
    expect(pod.stdout.toString()).toContain(
      '<a href="/api/v1/namespaces/default/pods/hook/proxy/other">there</a><a href="https://example.com/x">away</a>',
    );
    const packed = await raw('/api/v1/namespaces/default/pods/hook/proxy/packed');
    expect(packed.stdout.toString()).toBe('<a href="/api/v1/namespaces/default/pods/hook/proxy/other">there</a>');
    const large = await raw('/api/v1/namespaces/default/pods/http:hook:8080/proxy/large');
    expect(large.stdout.length).toBe(64 * 256 * 1024);
    const secure = await raw('/api/v1/namespaces/default/services/https:hook:443/proxy/');
    expect(secure.stdout.toString()).toBe('secure');
    const refused = await raw('/api/v1/namespaces/default/services/hook:closed/proxy/');
    expect(refused.stderr).toMatch(
      /error trying to reach service: dial tcp 10\.\d+\.\d+\.\d+:9: connect: connection refused/,
    );
  });

  test('kubectl proxy shows a server in a pod: methods, headers, redirects, and an answer that never ends', async () => {
    const proxy = rig.start(['proxy', '--port=0']);
    try {
      let said = '';
      proxy.stdout.on('data', (chunk) => (said += chunk));
      const base = await eventually(() => {
        const [, address] = /on (127\.0\.0\.1:\d+)/.exec(said) ?? [];
        if (!address) throw new Error(said);
        return `http://${address}${PROXY}`;
      });
      const sent = await fetch(`${base}/a%2Fb?q=1&watch=true`, {
        method: 'POST',
        body: 'hello',
        headers: { 'x-mine': 'yes' },
      });
      expect(sent.status).toBe(418);
      expect(sent.headers.get('x-own')).toBe('one, two');
      const heard = (await sent.json()) as { headers: Record<string, string> };
      expect(heard).toMatchObject({ method: 'POST', url: '/a%2Fb?q=1&watch=true', body: 'hello' });
      expect(heard.headers).toMatchObject({ 'x-mine': 'yes', 'content-length': '5' });
      expect(heard.headers).not.toHaveProperty('authorization');
      const put = await fetch(`${base}/x`, { method: 'PUT', body: new Uint8Array(3_000_000).fill(97) });
      expect(((await put.json()) as { body: string }).body.length).toBe(3_000_000);
      const moved = await fetch(`${base}/redirect`, { redirect: 'manual' });
      expect([moved.status, moved.headers.get('location')]).toEqual([302, `${PROXY}/page`]);
      const endless = await fetch(`${base}/endless`);
      const reader = endless.body?.getReader();
      expect(Buffer.from((await reader?.read())?.value ?? '').toString()).toBe('begun\n');
      await reader?.cancel();
      await eventually(async () => expect(await rig.ok('logs hook')).toContain('the client left'), 30_000);
    } finally {
      proxy.kill();
    }
  });

  test('a WebSocket is proxied to a server in a pod', async () => {
    const { server, ca, token } = await rig.machine.cluster();
    const headers = { authorization: `Bearer ${token}`, cookie: 'a=b; islet-session-1=secret' };
    const socket = new WebSocket(`${server.replace('https', 'wss')}${PROXY}/ws?q=1`, ['chat'], { ca, headers });
    const messages: string[] = [];
    socket.on('message', (data) => messages.push(String(data)));
    await once(socket, 'close');
    expect([socket.protocol, ...messages]).toEqual(['chat', `/ws?q=1 a=b ${new URL(server).host}`]);
  });

  test('a session of the dashboard opens no proxied page, which would act in its name', async () => {
    const { dashboard } = readService(rig.machine.state);
    const code = await (await rig.machine.account()).dashboardCode();
    const signedIn = await browse(`${dashboard}/?code=${code}`, { headers: { 'sec-fetch-site': 'none' } });
    const cookie = signedIn.headers['set-cookie']?.[0]?.split(';', 1)[0] ?? '';
    const cluster = `${dashboard}${new URL((await rig.machine.cluster()).server).pathname}`;
    expect((await browse(`${cluster}/api/v1/pods`, { headers: { cookie } })).status).toBe(200);
    for (const path of [PROXY, PROXY.replace('proxy', 'pr%6Fxy')]) {
      const { status, text } = await browse(`${cluster}${path}/page`, { headers: { cookie } });
      expect([status, text]).toEqual([
        403,
        expect.stringContaining('a session of the dashboard opens no proxied pages'),
      ]);
    }
  });

  test('a pod that runs nowhere is not proxied to, and the error says why', async () => {
    const simulated = (await rig.ok('get nodes -l islet.dev/simulated -o name')).trim().replace('node/', '');
    const spec = { nodeName: simulated, tolerations: [{ operator: 'Exists' }] };
    await rig.apply('ghost', {}, spec, { labels: { app: 'ghost' } });
    await rig.ready('ghost');
    await rig.ok('expose pod ghost --port=80');
    await eventually(async () => {
      const { stderr } = await raw('/api/v1/namespaces/default/services/ghost/proxy/');
      expect(stderr).toContain(`is on the simulated node ${simulated}, where no container runs`);
    });
    expect((await raw('/api/v1/namespaces/default/pods/ghost:80/proxy/')).stderr).toContain('which runs no containers');
  });

  test('a node answers through its proxy that it is well, and with the metrics of its containers', async () => {
    expect(await rig.ok('get --raw /api/v1/nodes/real-1/proxy/healthz')).toBe('ok');
    expect((await raw('/api/v1/nodes/real-1/proxy/configz')).stderr).toContain('are served, and not /configz');
    const metrics = await rig.ok('get --raw /api/v1/nodes/real-1/proxy/metrics/resource');
    expect(metrics).toMatch(/^node_cpu_usage_seconds_total [\d.e+]+ \d{13}$/m);
    expect(metrics).toMatch(/^container_cpu_usage_seconds_total\{container="[^"]+",namespace="default",pod=/m);
  });
});

/** A conversion webhook that listens on this machine, as those of operators under development do. */
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAuthority, issueServer, type KeyPairPem } from '../../cli/local/certificates.ts';
import { findKubectl } from './find-kubectl.ts';
import { Kubectl } from './kubectl.ts';

interface Widget {
  apiVersion: string;
  spec: { address?: string; host?: string; port?: string };
}

interface Review {
  apiVersion: string;
  request: { uid: string; desiredAPIVersion: string; objects: Widget[] };
}

const found = await findKubectl();
if ('skip' in found) console.log(`skipped: ${found.skip}`);

/** v1 has `address`, and v2 `host` and `port`. */
function converted(object: Widget, apiVersion: string): Widget {
  const { address = '', host, port } = object.spec;
  const [h, p] = address.split(':');
  return {
    ...object,
    apiVersion,
    spec: apiVersion.endsWith('v2') ? { host: h, port: p } : { address: `${host}:${port}` },
  };
}

async function serve({ certificate: cert, key }: KeyPairPem): Promise<Server> {
  const server = createServer({ cert, key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { apiVersion, request: ask } = JSON.parse(Buffer.concat(chunks).toString()) as Review;
      const result = request.url?.startsWith('/refuse?')
        ? { status: 'Failed', message: 'not today' }
        : { status: 'Success' };
      const convertedObjects = ask.objects.map((object) => converted(object, ask.desiredAPIVersion));
      response.end(
        JSON.stringify({ kind: 'ConversionReview', apiVersion, response: { uid: ask.uid, result, convertedObjects } }),
      );
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return server;
}

const text = { type: 'string' };
function definition(url: string, ca: string, storage = 'v1'): string {
  const version = (name: string, properties: object) => ({
    name,
    served: true,
    storage: name === storage,
    schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties } } } },
  });
  return JSON.stringify({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'widgets', singular: 'widget', kind: 'Widget' },
      versions: [version('v1', { address: text }), version('v2', { host: text, port: text })],
      conversion: {
        strategy: 'Webhook',
        webhook: {
          conversionReviewVersions: ['v1'],
          clientConfig: { url, caBundle: Buffer.from(ca).toString('base64') },
        },
      },
    },
  });
}

const widget = (version: string, name: string, spec: object): string =>
  JSON.stringify({ apiVersion: `example.com/${version}`, kind: 'Widget', metadata: { name }, spec });

describe.skipIf('skip' in found)('conversion webhooks', () => {
  let kubectl: Kubectl;
  let hook: Server;
  let ca: string;
  beforeAll(async () => {
    kubectl = await Kubectl.open();
    const authority = await createAuthority(Date.now());
    ca = authority.certificate;
    hook = await serve(await issueServer(authority, ['127.0.0.1'], Date.now()));
    await kubectl.ok('apply -f -', definition(url('/'), ca));
  });
  afterAll(async () => {
    hook?.close();
    hook?.closeAllConnections();
    await kubectl?.[Symbol.asyncDispose]();
  });
  const url = (path: string): string => `https://127.0.0.1:${(hook.address() as AddressInfo).port}${path}`;
  const v2 = (name: string) => kubectl.ok(`get widgets.v2.example.com ${name} -o jsonpath={.spec.host}/{.spec.port}`);

  test('objects are read, written, patched, applied and edited in either version', async () => {
    await kubectl.ok('create -f -', widget('v1', 'a', { address: 'h:1' }));
    expect(await v2('a')).toBe('h/1');
    await kubectl.ok('apply -f -', widget('v2', 'b', { host: 'g', port: '2' }));
    expect(await kubectl.ok('get widgets.v1.example.com b -o jsonpath={.spec.address}')).toBe('g:2');
    await kubectl.ok(`patch widgets.v2.example.com a --type merge -p ${JSON.stringify({ spec: { port: '9' } })}`);
    await kubectl.ok('apply --server-side --force-conflicts -f -', widget('v2', 'b', { host: 'g', port: '3' }));
    expect(await kubectl.ok('get widgets.v1.example.com -o jsonpath={.items[*].spec.address}')).toBe('h:9 g:3');
  });

  test('a watch of one version sees what is written in the other', async () => {
    const watch = kubectl.start([
      'get',
      'widgets.v2.example.com',
      '-w',
      '-o',
      'jsonpath={.spec.host}/{.spec.port}{"\\n"}',
    ]);
    const lines: string[] = [];
    const seen = new Promise<void>((resolve) =>
      watch.stdout?.on('data', (chunk: Buffer) => {
        lines.push(
          ...chunk
            .toString()
            .split('\n')
            .filter((line) => line !== ''),
        );
        if (lines.length === 2) void kubectl.ok('create -f -', widget('v1', 'c', { address: 'late:1' }));
        if (lines.includes('late/1')) resolve();
      }),
    );
    await seen;
    watch.kill();
    expect(lines).toEqual(['h/9', 'g/3', 'late/1']);
  });

  test('its failures are told, and a definition that names another webhook counts at once', async () => {
    await kubectl.ok('apply -f -', definition(url('/refuse'), ca));
    const why = 'conversion webhook for example.com/v1, Kind=Widget failed: ';
    expect(await kubectl.fails('get widgets.v2.example.com a')).toContain(`${why}not today`);
    const other = (await createAuthority(Date.now())).certificate;
    await kubectl.ok('apply -f -', definition(url('/'), other));
    expect(await kubectl.fails('get widgets.v2.example.com a')).toContain('certificate signed by unknown authority');
    await kubectl.ok('apply -f -', definition(url('/'), ca));
    expect(await v2('a')).toBe('h/9');
  });

  test('when objects are stored in another version, those that are there stay as they are', async () => {
    await kubectl.ok('apply -f -', definition(url('/'), ca, 'v2'));
    expect(await v2('a')).toBe('h/9');
    expect(await kubectl.ok('get widgets.v1.example.com a -o jsonpath={.spec.address}')).toBe('h:9');
    await kubectl.ok('delete widgets.v1.example.com --all');
    expect(await kubectl.ok('get widgets.v2.example.com')).toBe('');
  });
});

/**
 * Input that is wrong, with a real kubectl and by hand: upstream's code and reason, the field's path, nothing written.
 */
import { request } from 'node:https';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findKubectl } from './find-kubectl.ts';
import { Kubectl } from './kubectl.ts';

const found = await findKubectl();
if ('skip' in found) console.log(`skipped: ${found.skip}`);

interface Status {
  code: number;
  reason?: string;
  message?: string;
  details?: { causes?: { field?: string }[] };
}

describe.skipIf('skip' in found)('bad input', () => {
  let kubectl: Kubectl;
  beforeAll(async () => {
    kubectl = await Kubectl.open({ simulatedNodes: 0 });
  });
  afterAll(() => kubectl?.[Symbol.asyncDispose]());

  const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';

  /** A body is sent as Latin-1, which is as it is for all but bytes that are no text. */
  function send(
    method: string,
    path: string,
    body?: string,
    headers: Record<string, string> = {},
    kind = 'Status',
  ): Promise<Status> {
    const { server, ca, token } = kubectl.cluster;
    return new Promise((resolve, reject) => {
      const options = { method, ca, headers: { authorization: `Bearer ${token}`, ...headers } };
      const sent = request(server + path, options, (response) => {
        let text = '';
        response.on('data', (chunk) => (text += chunk));
        response.on('end', () => {
          const answer = JSON.parse(text) as Status & { kind: string };
          const code = kind === 'Status' ? { code: response.statusCode } : {};
          expect(answer).toMatchObject({ kind, ...code });
          resolve(answer);
        });
      });
      sent.on('error', reject);
      sent.end(body, 'latin1');
    });
  }
  const post = (body: string, type = 'application/json') => send('POST', CONFIG_MAPS, body, { 'content-type': type });

  test('malformed JSON and YAML are bad requests', async () => {
    expect(await post('{"apiVersion":"v1","kind":"ConfigMap",')).toMatchObject({ code: 400, reason: 'BadRequest' });
    expect(await post('a: [', 'application/yaml')).toMatchObject({ code: 400, reason: 'BadRequest' });
    expect(await post('not protobuf', 'application/vnd.kubernetes.protobuf')).toMatchObject({ code: 400 });
    expect(await post('{}', 'text/plain')).toMatchObject({ code: 415, reason: 'UnsupportedMediaType' });
  });

  test('unknown fields are refused strictly, warned of, or ignored, as asked', async () => {
    const manifest = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: odd}\ndatta: {a: b}\n';
    expect(await kubectl.fails('create -f -', manifest)).toContain('strict decoding error: unknown field "datta"');
    const warned = await kubectl.run(['create', '--validate=warn', '-f', '-'], manifest);
    expect([warned.code, warned.stderr]).toEqual([0, expect.stringContaining('Warning: unknown field "datta"')]);
    await kubectl.ok('delete cm odd');
    const ignored = await kubectl.run(['create', '--validate=ignore', '-f', '-'], manifest);
    expect([ignored.code, ignored.stderr]).toEqual([0, '']);
  });

  test('wrong types name the field', async () => {
    const body = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x' }, spec: { replicas: 'three' } };
    const path = '/apis/apps/v1/namespaces/default/deployments';
    const status = await send('POST', path, JSON.stringify(body), { 'content-type': 'application/json' });
    expect(status).toMatchObject({ code: 400, reason: 'BadRequest' });
    expect(status.message).toContain('replicas');
  });

  test('names that are no DNS label, and other rules of validation, are told with the path of the field', async () => {
    const invalid = await post('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"Not_A_Name"}}');
    expect(invalid).toMatchObject({ code: 422, reason: 'Invalid' });
    expect(invalid.details?.causes?.[0]?.field).toBe('metadata.name');
    expect(await kubectl.fails('create ns Not_A_Name')).toContain('metadata.name: Invalid value: "Not_A_Name"');
    expect(await kubectl.fails('create deployment web --image=nginx --replicas=-1')).toContain(
      'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    );
  });

  test('a body of more than three megabytes is refused, with a length or without', async () => {
    const body = `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"big"},"data":{"a":"${'x'.repeat(4 << 20)}"}}`;
    const limit = { code: 413, reason: 'RequestEntityTooLarge' };
    const type = { 'content-type': 'application/json' };
    const length = { 'content-length': String(body.length) };
    expect(await send('POST', CONFIG_MAPS, body, { ...type, ...length })).toMatchObject(limit);
    expect(await send('POST', CONFIG_MAPS, body, { ...type, 'transfer-encoding': 'chunked' })).toMatchObject(limit);
  });

  test('a body that is compressed is not read as if it were JSON', async () => {
    const body = gzipSync('{"metadata":{"name":"zipped"}}').toString('latin1');
    const status = await send('POST', CONFIG_MAPS, body, {
      'content-type': 'application/json',
      'content-encoding': 'gzip',
    });
    expect(status).toMatchObject({ code: 400, reason: 'BadRequest' });
  });

  test('names in paths that are none, escaped or not, are told so', async () => {
    expect(await send('GET', `${CONFIG_MAPS}/a%25b`)).toMatchObject({
      code: 400,
      message: 'Name parameter invalid: "a%b": may not contain \'%\'',
    });
    for (const name of ['a%2Fb', 'a%2Fstatus', 'a/b']) {
      expect(await send('GET', `${CONFIG_MAPS}/${name}`), name).toMatchObject({ code: 404, reason: 'NotFound' });
    }
    expect(await send('GET', `${CONFIG_MAPS}/a%00b`)).toMatchObject({ code: 404, reason: 'NotFound' });
    expect(await send('GET', `${CONFIG_MAPS}/%zz`)).toMatchObject({ code: 400, reason: 'BadRequest' });
  });

  test('selectors of thousands of terms, and headers of as many bytes, are answered', async () => {
    const values = Array.from({ length: 4000 }, (_, at) => `v${at}`).join(',');
    const inMany = encodeURIComponent(`a in (${values})`);
    expect(JSON.parse(await kubectl.ok(`get --raw ${CONFIG_MAPS}?labelSelector=${inMany}`)).items).toEqual([]);
    const accept = 'application/x;q=0.1,'.repeat(2000);
    expect(await send('GET', CONFIG_MAPS, undefined, { accept })).toMatchObject({ code: 406, reason: 'NotAcceptable' });
  });

  test('a definition by which small objects would cost much is refused, and the cluster goes on', async () => {
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const many = <T>(length: number, make: (at: number) => T): T[] => Array.from({ length }, (_, at) => make(at));
    const filled = Object.fromEntries(many(2000, (at) => [`f${at}`, { type: 'string', default: 'x' }]));
    const items = {
      defaults: { type: 'object', properties: filled },
      required: { type: 'object', required: many(5000, (at) => `k${at}`) },
      pattern: { type: 'string', pattern: '[ab]*a[ab]{900}[cd]' },
    };
    const properties = Object.fromEntries(
      Object.entries(items).map(([name, schema]) => [name, { type: 'array', items: schema }]),
    );
    const schema = { openAPIV3Schema: { type: 'object', properties } };
    const body = {
      metadata: { name: 'bombs.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: 'bombs', kind: 'Bomb' },
        versions: [{ name: 'v1', served: true, storage: true, schema }],
      },
    };
    const type = { 'content-type': 'application/json' };
    expect(await send('POST', path, JSON.stringify(body), type, 'CustomResourceDefinition')).toMatchObject({
      metadata: { name: 'bombs.example.com' },
    });
    const bombs = '/apis/example.com/v1/namespaces/default/bombs';
    const bomb = (list: object) =>
      send(
        'POST',
        bombs,
        JSON.stringify({ apiVersion: 'example.com/v1', kind: 'Bomb', metadata: { name: 'b' }, ...list }),
        type,
      );
    expect(await bomb({ defaults: many(20_000, () => ({})) })).toMatchObject({
      code: 400,
      message: expect.stringContaining('the defaults of its schema would make it too large'),
    });
    for (const list of [{ required: many(20_000, () => ({})) }, { pattern: many(300, () => 'abaab'.repeat(800)) }]) {
      expect(await bomb(list)).toMatchObject({
        code: 422,
        message: expect.stringContaining('the value is too large for its schema'),
      });
    }
    expect(JSON.parse(await kubectl.ok(`get --raw ${bombs}`)).items).toEqual([]);
    await kubectl.ok('delete crd bombs.example.com');
  });

  test('unknown kinds and paths are not found', async () => {
    expect(await kubectl.fails('get gizmos')).toContain(`the server doesn't have a resource type "gizmos"`);
    expect(await kubectl.fails('get --raw /apis/example.com/v1/gizmos')).toContain(
      'could not find the requested resource',
    );
    expect(
      await kubectl.fails('create -f -', 'apiVersion: example.com/v1\nkind: Gizmo\nmetadata: {name: x}\n'),
    ).toContain('no matches for kind "Gizmo"');
  });

  test('a stale resourceVersion is a conflict', async () => {
    await kubectl.ok('create cm stale');
    const object = JSON.parse(await kubectl.ok('get cm stale -o json'));
    await kubectl.ok('label cm stale a=b');
    const path = `${CONFIG_MAPS}/stale`;
    const status = await send('PUT', path, JSON.stringify(object), { 'content-type': 'application/json' });
    expect(status).toMatchObject({ code: 409, reason: 'Conflict' });
    expect(status.message).toContain('the object has been modified');
  });

  test('bad selectors, continue tokens and versions are bad requests', async () => {
    for (const query of ['labelSelector=a%3D%3D%3Db', 'fieldSelector=spec.nothing%3Dx', 'limit=1&continue=nonsense']) {
      expect(await send('GET', `${CONFIG_MAPS}?${query}`), query).toMatchObject({ code: 400, reason: 'BadRequest' });
    }
    const future = await send('GET', `${CONFIG_MAPS}?resourceVersion=999999999`);
    expect(future).toMatchObject({ code: 504, reason: 'Timeout' });
    expect(await send('GET', `${CONFIG_MAPS}?watch=1&resourceVersion=x`)).toMatchObject({ code: 400 });
  });

  test('unknown patch types are told which there are; an apply without a manager is told what is missing', async () => {
    const patch = (type: string) => send('PATCH', `${CONFIG_MAPS}/stale`, '{}', { 'content-type': type });
    expect(await patch('application/strange')).toMatchObject({ code: 415, reason: 'UnsupportedMediaType' });
    const apply = await patch('application/apply-patch+yaml');
    expect(apply).toMatchObject({ code: 422, reason: 'Invalid' });
    expect(apply.message).toContain('fieldManager: Required value: is required for apply patch');
  });

  test('a token that is wrong, or another cluster’s, is unauthorized', async () => {
    for (const token of ['nonsense', `${kubectl.cluster.token}x`]) {
      for (const path of [CONFIG_MAPS, '/version']) {
        const status = await send('GET', path, undefined, { authorization: `Bearer ${token}` });
        expect(status).toMatchObject({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' });
      }
    }
    await using other = await Kubectl.open({ simulatedNodes: 0 });
    const foreign = await send('GET', CONFIG_MAPS, undefined, { authorization: `Bearer ${other.cluster.token}` });
    expect(foreign).toMatchObject({ code: 401 });
    const none = { authorization: 'Basic eDp5' };
    expect(await send('GET', CONFIG_MAPS, undefined, none)).toMatchObject({
      code: 403,
      message: expect.stringContaining('User "system:anonymous" cannot list resource "configmaps" in API group ""'),
    });
  });

  test('none of the refused objects was written', async () => {
    const names = await kubectl.ok('get cm,deploy -o name');
    expect(names.split('\n').filter((name) => !/root-ca|stale|odd|^$/.test(name))).toEqual([]);
  });
});

/** Answers that were compared with those of kube-apiserver 1.36.3, request by request. */
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { testApi } from './testing/harness.ts';
import { configMap, MAPS } from './testing/objects.ts';

const token = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

test.each([
  // Upstream's storage finds this out and fails inside, with the same words and 500.
  [
    `GET ${MAPS}?watch=1&resourceVersion=x`,
    400,
    'resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax',
  ],
  [
    `GET ${MAPS}?resourceVersion=x`,
    400,
    'invalid resource version: resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax',
  ],
  [
    `GET ${MAPS}?resourceVersion=18446744073709551616`,
    400,
    'invalid resource version: resourceVersion: Invalid value: "18446744073709551616": strconv.ParseUint: parsing "18446744073709551616": value out of range',
  ],
  [
    `GET ${MAPS}?resourceVersion=9223372036854775808`,
    504,
    'Timeout: Too large resource version: 9223372036854775808, current: N',
  ],
  [`GET ${MAPS}?limit=9223372036854775808`, 400, 'strconv.ParseInt: parsing "9223372036854775808": value out of range'],
  [
    `GET ${MAPS}?continue=${token({ v: 'meta.k8s.io/v1', rv: 999999999999999, start: 'a' })}`,
    504,
    'Timeout: Too large resource version: 999999999999999, current: N',
  ],
  [`GET ${MAPS}?fieldSelector=a===b`, 400, 'invalid field selector: unescaped character in value: 61'],
  [
    `GET ${MAPS}?watch=1&continue=x`,
    422,
    'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided',
  ],
  [
    `GET ${MAPS}?continue=x`,
    400,
    'invalid continue token: continue key is not valid: illegal base64 data at input byte 0',
  ],
  [
    `GET ${MAPS}?continue=a%25`,
    400,
    'invalid continue token: continue key is not valid: illegal base64 data at input byte 1',
  ],
  [
    `GET ${MAPS}?continue=x&resourceVersion=1`,
    400,
    'invalid continue token: continue key is not valid: illegal base64 data at input byte 0',
  ],
  [
    `GET ${MAPS}?continue=${token({ v: 'bad' })}`,
    400,
    'invalid continue token: continue key is not valid: server does not recognize this encoded version bad',
  ],
  [
    `GET ${MAPS}?continue=${token({ v: 'meta.k8s.io/v1', rv: 0, start: 'a' })}`,
    400,
    'invalid continue token: continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)',
  ],
  [
    `GET ${MAPS}?continue=${token({ v: 'meta.k8s.io/v1', rv: 1 })}`,
    400,
    'invalid continue token: continue key is not valid: encoded start key empty (version meta.k8s.io/v1)',
  ],
  [`GET ${MAPS}?labelSelector=!`, 400, "unable to parse requirement: found '', expected: identifier"],
  [`GET ${MAPS}?labelSelector=%3D`, 400, "found '=', expected: !, identifier, or 'end of string'"],
  [`GET ${MAPS}?labelSelector=a,,b`, 400, "found ',', expected: identifier after ','"],
  ['GET /apis/batch/v1/jobs?fieldSelector=spec.a%3Db', 400, 'field label "spec.a" not supported for Job'],
  [
    'GET /apis/resource.k8s.io/v1/resourceslices?fieldSelector=a%3Db',
    400,
    'field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: a',
  ],
  ['HEAD /api/v1', 405, 'the server does not allow this method on the requested resource'],
  ['POST /apis/apps/v1', 405, 'the server does not allow this method on the requested resource'],
])('%s is answered with %d', async (line, code, message) => {
  const { call } = await testApi();
  const { body } = await call(line);
  expect([body.code, body.message?.replace(/current: \d+/, 'current: N')]).toEqual([code, message]);
});

test('the default conversion of field labels knows no scopes', async () => {
  const { call } = await testApi();
  const { status, body } = await call<{ items: unknown[] }>(
    'GET /apis/storage.k8s.io/v1/storageclasses?fieldSelector=metadata.namespace%3Dx',
  );
  expect([status, body.items]).toEqual([200, []]);
});

test('a list at version 0 is answered as a whole, as from a cache', async () => {
  const { call, create } = await testApi();
  for (const name of ['a', 'b']) await create(MAPS, configMap(name));
  const { body } = await call<{ items: unknown[]; metadata: object }>(`GET ${MAPS}?resourceVersion=0&limit=1`);
  expect([body.items.length, Object.keys(body.metadata)]).toEqual([2, ['resourceVersion']]);
});

test('an unknown path is answered by a page, 404, and an unknown version of a group by a Status', async () => {
  const { call } = await testApi();
  const { status, headers, text } = await call('POST /nothing');
  expect([status, text, headers['content-type']]).toEqual([404, '404 page not found\n', 'text/plain; charset=utf-8']);
  expect((await call('GET /apis/apps/v2')).body.reason).toBe('NotFound');
});

test('the root lists the paths that are served', async () => {
  const { call } = await testApi();
  const { body } = await call<{ paths: string[] }>('GET /');
  expect(body.paths).toEqual(expect.arrayContaining(['/api/v1', '/apis/apps/v1', '/metrics', '/openapi/v3']));
  expect(body.paths).toEqual([...body.paths].sort());
});

test('aggregated discovery is kept by clients, who ask whether it has changed', async () => {
  const { call, send } = await testApi();
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
  const { headers } = await call('GET /apis', { headers: { accept } });
  expect([headers['cache-control'], headers.vary]).toEqual(['public', 'Accept']);
  expect(headers.etag).toMatch(/^"[0-9A-F]{128}"$/);
  const again = await send('GET /apis', { headers: { accept, 'if-none-match': headers.etag ?? '' } });
  expect(again).toMatchObject({ status: 304, body: '' });
});

test('YAML has its keys in order', async () => {
  const { call, create } = await testApi();
  await create(MAPS, configMap('a'));
  const headers = { accept: 'application/yaml' };
  const { text } = await call(`GET ${MAPS}`, { headers });
  expect(text.match(/^\w+/gm)).toEqual(['apiVersion', 'items', 'kind', 'metadata']);
  expect(text).toMatch(/^items:\n- data:/m);
  expect((await call(`GET ${MAPS}/a`, { headers })).text.match(/^\w+/gm)).toEqual([
    'apiVersion',
    'data',
    'kind',
    'metadata',
  ]);
});

test.each([
  [
    '{"kind":"Pod","apiVersion":"v1"}',
    'no kind "Pod" is registered for version "v1" in scheme "pkg/runtime/scheme.go:111"',
  ],
  [
    '[]',
    'couldn\'t get version/kind; json parse error: json: cannot unmarshal array into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }',
  ],
  ['null', 'configmaps "a" not found'],
  ...(
    [
      [
        '{"propagationPolicy":1}',
        'number into Go struct field DeleteOptions.propagationPolicy of type v1.DeletionPropagation',
      ],
      ['{"orphanDependents":"x"}', 'string into Go struct field DeleteOptions.orphanDependents of type bool'],
      ['{"preconditions":{"uid":1}}', 'number into Go struct field Preconditions.preconditions.uid of type types.UID'],
      ['{"gracePeriodSeconds":1.5}', 'number 1.5 into Go struct field DeleteOptions.gracePeriodSeconds of type int64'],
    ] as const
  ).map(([body, what]) => [body, `json: cannot unmarshal ${what}`]),
])('a delete with the body %s says %s', async (body, message) => {
  const { call } = await testApi();
  expect((await call(`DELETE ${MAPS}/a`, { body })).body.message).toBe(message);
});

test.each([
  [`GET ${MAPS}?limit=`, 400, 'strconv.ParseInt: parsing "": invalid syntax'],
  [`GET ${MAPS}?limit=1;x=2`, 200, undefined],
  [`GET ${MAPS}?limit=%zz`, 200, undefined],
  [`GET ${MAPS}?watch=False`, 200, undefined],
  [`GET ${MAPS}/a?export=1`, 400, 'the export parameter, deprecated since v1.14, is no longer supported'],
  [`GET ${MAPS}/a?export=false`, 404, 'configmaps "a" not found'],
  [
    `DELETE ${MAPS}/a?propagationPolicy=`,
    422,
    'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "": supported values: "Foreground", "Background", "Orphan", "nil"',
  ],
])('%s is answered %d, as Go reads queries', async (line, code, message) => {
  const { call } = await testApi();
  const { status, body } = await call(line);
  expect([status, body.message]).toEqual([code, message]);
});

test('an apiVersion of too many parts is no group and version', async () => {
  const { call } = await testApi();
  const { body } = await call(`POST ${MAPS}`, { body: { kind: 'ConfigMap', apiVersion: 'a/b/c' } });
  expect(body.message).toBe(
    'the object provided is unrecognized (must be of type ConfigMap): unexpected GroupVersion string: a/b/c ({"kind":"ConfigMap","apiVersio ...)',
  );
});

test('a body of protobuf that is none is told with the kind that it should have been', async () => {
  const { call } = await testApi();
  const headers = { 'content-type': 'application/vnd.kubernetes.protobuf' };
  const none = JSON.stringify({ error: 'empty body', bytes: '6b387300' });
  const { status, body } = await call(`POST ${MAPS}`, { headers, body: none });
  const message = 'the object provided is unrecognized (must be of type ConfigMap): empty body (6b387300)';
  expect([status, body.message]).toEqual([400, message]);
  const torn = JSON.stringify({ error: 'unexpected EOF', named: { kind: 'Pod', version: 'v1' }, bytes: '6b' });
  expect((await call(`POST ${MAPS}`, { headers, body: torn })).body.message).toBe(
    'Pod in version "v1" cannot be handled as a ConfigMap: unexpected EOF',
  );
  const deleted = await call(`DELETE ${MAPS}/a`, { headers, body: torn });
  expect([deleted.status, deleted.body.message]).toEqual([400, 'unexpected EOF']);
  const empty = await call(`POST ${MAPS}`, { headers });
  expect([empty.status, empty.body.message]).toEqual([
    400,
    'the object provided is unrecognized (must be of type ConfigMap): empty data (<empty>)',
  ]);
  const patched = await call(`PATCH ${MAPS}/a`, { headers, body: none });
  expect(patched.status).toBe(415);
});

test('an error that its client accepts in no format is indented, and the authoriser’s refusals are not to be guessed at', async () => {
  const { call } = await testApi();
  const none = await call(`GET ${MAPS}/a`, { headers: { accept: 'application/cbor' } });
  expect([none.status, none.text]).toEqual([406, JSON.stringify(none.body, undefined, 2)]);
  const isIndented = async (accept: string) =>
    (await call(`GET ${MAPS}/a`, { headers: { accept } })).text.trimEnd().includes('\n');
  const table = 'application/json;as=Table;v=v1;g=meta.k8s.io';
  for (const accept of ['application/*', '*', 'text/html, application/*;q=0.1', `${table},application/json`]) {
    expect([accept, await isIndented(accept)]).toEqual([accept, false]);
  }
  for (const accept of ['text/*', table]) expect([accept, await isIndented(accept)]).toEqual([accept, true]);
  const user = { name: 'u', groups: [] };
  const refused = await call(`GET ${MAPS}/a`, { user });
  expect([refused.status, refused.headers['x-content-type-options']]).toEqual([403, 'nosniff']);
});

test.each([
  ['/apis/networking.k8s.io/v1/namespaces/default/ingresses', 'ingress/default/a'],
  ['/api/v1/namespaces/default/services', 'services/specs/default/a'],
  ['/apis/scheduling.k8s.io/v1/priorityclasses', 'priorityclasses/a'],
])('an update of another uid at %s names the key that upstream’s store would', async (path, key) => {
  const { call, create } = await testApi();
  const spec = path.endsWith('services') ? { ports: [{ port: 80 }] } : undefined;
  const body = {
    metadata: { name: 'a' },
    ...(path.includes('priority')
      ? { value: 1 }
      : { spec: spec ?? { defaultBackend: { service: { name: 's', port: { number: 1 } } } } }),
  };
  await create(path, body);
  const { status, body: said } = await call(`PUT ${path}/a`, { body: { ...body, metadata: { name: 'a', uid: 'b' } } });
  expect([status, said.message]).toEqual([
    409,
    expect.stringContaining(`Code: 4, Key: /registry/${key}, ResourceVersion: 0,`),
  ]);
  const dry = await call(`PUT ${path}/a?dryRun=All`, { body: { ...body, metadata: { name: 'a', uid: 'b' } } });
  expect(dry.body.message).toContain(`Code: 4, Key: /${key}, ResourceVersion: 0,`);
});

test('each value in JSON ends with a line break, unless it is indented', async () => {
  const { call, create } = await testApi();
  await create(MAPS, configMap('a'));
  for (const path of [`${MAPS}/a`, MAPS, `${MAPS}/none`, '/api', '/apis', '/apis/apps/v1']) {
    const plain = await call(`GET ${path}`);
    expect([path, plain.text]).toEqual([path, `${JSON.stringify(plain.body)}\n`]);
    expect((await call(`GET ${path}?pretty=1`)).text.endsWith('\n}')).toBe(true);
  }
});

test.each([
  ['//api', 'page'],
  ['/apis//apps/v1', 'page'],
  ['//healthz', 'page'],
  ['/api//v1', 'Status'],
  ['/api/v1//namespaces', 'Status'],
  ['/api/v1/namespaces//configmaps', 'Status'],
])('%s has an empty part and is not found', async (path, form) => {
  const { call } = await testApi();
  const { status, text } = await call(`GET ${path}`);
  expect(status).toBe(404);
  if (form === 'page') expect(text).toBe('404 page not found\n');
  else expect(text).toContain('the server could not find the requested resource');
});

test.each(['application/yaml', 'application/vnd.kubernetes.protobuf'])(
  'the aggregated form is answered in %s, too',
  async (type) => {
    const { call } = await testApi({ empty: true });
    const shape = ';g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
    const json = await call('GET /apis', { headers: { accept: `application/json${shape}` } });
    const { headers, text } = await call('GET /apis', { headers: { accept: `application/json, ${type}${shape}` } });
    expect(headers).toMatchObject({ etag: json.headers.etag, vary: 'Accept' });
    expect(headers['content-type']).toBe(`${type.replace('protobuf', 'protobuf;from=json')}${shape}`);
    expect(type === 'application/yaml' ? parse(text) : JSON.parse(text)).toEqual(json.body);
  },
);

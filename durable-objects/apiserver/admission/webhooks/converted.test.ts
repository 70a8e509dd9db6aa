/** Admission webhooks that are asked about objects which a conversion webhook has to convert first. */
import { expect, test } from 'vitest';
import { type CustomKindSpec, customKinds } from '../../../../kube/kinds/custom/custom-kind.ts';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { type Outbound, OutboundError } from '../../outbound.ts';
import { testApi } from '../../testing/harness.ts';
import { MERGE } from '../../testing/objects.ts';

const ROOT = '/apis/admissionregistration.k8s.io/v1';
const V1 = '/apis/example.com/v1/namespaces/default/ports';
const V2 = '/apis/example.com/v2/namespaces/default/ports';

const version = (name: string) => ({
  name,
  served: true,
  storage: name === 'v1',
  schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
});
const definition = (path: string) =>
  ({
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'ports', kind: 'Port' },
    versions: ['v1', 'v2'].map(version),
    conversion: {
      strategy: 'Webhook',
      webhook: { conversionReviewVersions: ['v1'], clientConfig: { url: `https://hooks.example.com/${path}` } },
    },
  }) as unknown as CustomKindSpec;

/** Webhooks of admission allow all, and warn by their names. */
async function withPorts() {
  const asked: string[] = [];
  const outbound: Outbound = async ({ to, body = '' }) => {
    const { kind, apiVersion, request } = JSON.parse(body);
    const name = 'url' in to ? (/\/([^/?]*)\?/.exec(to.url)?.[1] ?? '') : '';
    const versionOf = (object: KubeObject | null) => object?.apiVersion.slice('example.com/'.length);
    const response: Record<string, unknown> = { uid: request.uid };
    if (kind === 'AdmissionReview') {
      asked.push(`${name} ${versionOf(request.object)} ${versionOf(request.oldObject)}`);
      Object.assign(response, { allowed: true, warnings: [name] });
    } else {
      asked.push(`convert ${request.objects.length}`);
      // Other requests go on meanwhile.
      for (let turn = 0; turn < 10 * asked.length; turn++) await undefined;
      if (name === 'down') throw new OutboundError('connect: connection refused');
      const { desiredAPIVersion } = request;
      const convertedObjects = request.objects.map((object: KubeObject) => ({
        ...object,
        apiVersion: desiredAPIVersion,
      }));
      Object.assign(response, { result: { status: 'Success' }, convertedObjects });
    }
    return { status: 200, headers: {}, body: JSON.stringify({ kind, apiVersion, response }) };
  };
  const api = await testApi({ outbound });
  const define = (path: string) => api.kinds.define('ports.example.com', customKinds(definition(path)));
  define('ok');
  const configure = (sort: string, ...webhooks: object[]) =>
    api.create(`${ROOT}/${sort}webhookconfigurations`, { metadata: { name: sort }, webhooks });
  return { ...api, asked, define, configure };
}

const port = (name: string, labels = {}) => ({
  apiVersion: 'example.com/v1',
  kind: 'Port',
  metadata: { name, labels },
  spec: { host: 'h' },
});
const hook = (name: string, rest: object = {}, apiVersion = 'v2') => ({
  name: `${name}.example.com`,
  admissionReviewVersions: ['v1'],
  sideEffects: 'None',
  clientConfig: { url: `https://hooks.example.com/${name}` },
  rules: [{ operations: ['*'], apiGroups: ['example.com'], apiVersions: [apiVersion], resources: ['ports'] }],
  ...rest,
});

test.each(['mutating', 'validating'])('the conditions of a %s webhook see the object in its version', async (sort) => {
  const { call, asked, configure, reported } = await withPorts();
  const when = (expression: string) => ({ matchConditions: [{ name: 'c', expression }] });
  await configure(
    sort,
    hook('yes', when('object.apiVersion == "example.com/v2" && object.spec.host == "h"')),
    hook('no', when('object.apiVersion == "example.com/v1"')),
  );
  expect((await call(`POST ${V1}`, { body: port('a') })).status).toBe(201);
  expect(asked).toEqual(['convert 1', 'yes v2 undefined']);
  expect(reported).toEqual([]);
});

test.each([
  ['mutating', 'Internal error occurred: Internal error occurred: '],
  ['validating', 'Internal error occurred: '],
])('a conversion that fails is no failure of the %s webhook, which its policy might ignore', async (sort, prefix) => {
  const { call, asked, configure, define, store } = await withPorts();
  await configure(sort, hook('h', { failurePolicy: 'Ignore' }));
  define('down');
  const { status, body } = await call(`POST ${V1}`, { body: port('a') });
  const why = 'Post "https://hooks.example.com/down?timeout=30s": connect: connection refused';
  const message = `${prefix}conversion webhook for example.com/v1, Kind=Port failed: ${why}`;
  expect([status, body.reason, body.message]).toEqual([500, 'InternalError', message]);
  expect(asked).toEqual(['convert 1']);
  expect(store.get('ports.example.com/default/a')).toBeUndefined();
});

test('the warnings of all webhooks are told, and each object is converted once for all of them', async () => {
  const { call, asked, configure } = await withPorts();
  await call(`POST ${V1}`, { body: port('a') });
  await configure('validating', hook('a'), hook('b', {}, 'v1'), hook('c'), hook('d', {}, 'v1'));
  const { headers } = await call(`PATCH ${V1}/a`, { headers: MERGE, body: { spec: { host: 'g' } } });
  expect(headers.warning).toBe(['a', 'b', 'c', 'd'].map((name) => `299 - "${name}"`).join(', '));
  expect(asked).toEqual(['convert 1', 'convert 1', 'a v2 v2', 'b v1 v1', 'c v2 v2', 'd v1 v1']);
});

test('a page of few among many objects does not cost a question for each of them', async () => {
  const { call, asked } = await withPorts();
  for (let i = 0; i < 30; i++) await call(`POST ${V1}`, { body: port(`p${i}`, i % 10 === 5 ? { few: 'yes' } : {}) });
  const names: string[] = [];
  let token = '';
  do {
    const { body } = await call<{ items: KubeObject[]; metadata: { continue?: string } }>(
      `GET ${V2}?labelSelector=few&limit=1${token && `&continue=${token}`}`,
    );
    names.push(...body.items.map(({ metadata }) => metadata.name ?? ''));
    token = body.metadata.continue ?? '';
  } while (token);
  expect(names.sort()).toEqual(['p15', 'p25', 'p5']);
  expect(asked.length).toBeLessThan(6);
});

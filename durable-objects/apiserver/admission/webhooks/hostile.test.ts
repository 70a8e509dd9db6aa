/** Webhooks that answer, or are configured, as no good one would be. */
import { expect, test } from 'vitest';
import { customKinds } from '../../../../kube/kinds/custom/custom-kind.ts';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { ConfigMap, Deployment } from '../../../../kube/types.ts';
import { WIDGET_SPEC, WIDGETS, WIDGETS_CRD, widget } from '../../../testing/widgets.ts';
import { bootstrap } from '../../bootstrap.ts';
import { type Outbound, OutboundError, type OutboundRequest } from '../../outbound.ts';
import { START, testApi } from '../../testing/harness.ts';
import { configMap, DEPLOYMENTS, deployment, MAPS, MERGE } from '../../testing/objects.ts';

interface Asked {
  uid: string;
  name?: string;
  object: KubeObject | null;
  oldObject: KubeObject | null;
  kind: { kind: string };
  options: unknown;
  resource: { version: string };
}

type Answer = Record<string, unknown>;

const CONFIGURATIONS = '/apis/admissionregistration.k8s.io/v1';
const HPAS = 'horizontalpodautoscalers';

const patchOf = (...operations: unknown[]): Answer => ({
  allowed: true,
  patchType: 'JSONPatch',
  patch: btoa(JSON.stringify(operations)),
});
const add = (path: string, value: unknown): object => ({ op: 'add', path, value });

/** A webhook that is called for all requests, once it is configured. */
async function withHook(sort: 'mutating' | 'validating', respond: (asked: Asked) => Answer | Error, over: object = {}) {
  const asked: Asked[] = [];
  const requests: OutboundRequest[] = [];
  const outbound: Outbound = async (request) => {
    const review = JSON.parse(request.body ?? '') as { request: Asked };
    requests.push(request);
    asked.push(review.request);
    const response = respond(review.request);
    if (response instanceof Error) throw new OutboundError(response.message);
    const answer = { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1' };
    return {
      status: 200,
      headers: {},
      body: JSON.stringify({ ...answer, response: { uid: review.request.uid, ...response } }),
    };
  };
  const api = await testApi({ outbound });
  const configure = (): Promise<unknown> =>
    api.create(`${CONFIGURATIONS}/${sort}webhookconfigurations`, {
      metadata: { name: 'all' },
      webhooks: [
        {
          name: 'all.example.com',
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          clientConfig: { url: 'https://hooks.example.com/' },
          rules: [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] }],
          ...over,
        },
      ],
    });
  return { ...api, asked, requests, configure };
}

test('a webhook changes through an endpoint what that endpoint changes, and no more', async () => {
  let patch: unknown[] = [];
  const { call, create, configure, reported } = await withHook('mutating', () => patchOf(...patch));
  await create(DEPLOYMENTS, deployment('web'));
  await configure();
  patch = [add('/status', { replicas: 7 })];
  const main = await call<Deployment>(`PATCH ${DEPLOYMENTS}/web`, {
    headers: MERGE,
    body: { metadata: { labels: { a: 'b' } } },
  });
  expect([main.status, main.body.status]).toEqual([200, {}]);
  patch = [add('/spec/replicas', 9), add('/metadata/labels', { evil: 'x' }), add('/status/observedGeneration', 4)];
  const body = { status: { replicas: 1 } };
  const status = await call<Deployment>(`PATCH ${DEPLOYMENTS}/web/status`, { headers: MERGE, body });
  expect(status.body).toMatchObject({
    metadata: { labels: { a: 'b' } },
    spec: { replicas: 3 },
    status: { replicas: 1, observedGeneration: 4 },
  });
  patch = [add('/spec/replicas', 'many')];
  const scale = { metadata: { name: 'web' }, spec: { replicas: 2 } };
  expect((await call(`PUT ${DEPLOYMENTS}/web/scale`, { body: scale })).body.message).toContain(
    'cannot unmarshal string',
  );
  expect(reported).toEqual([]);
});

test.each<[string, unknown[], number, string]>([
  ['namespace', [add('/metadata/namespace', 'kube-system')], 400, 'does not match the namespace sent on the request'],
  ['no metadata', [{ op: 'remove', path: '/metadata' }], 422, 'metadata.name: Required value'],
  ['metadata', [add('/metadata', 7)], 500, 'cannot unmarshal number'],
  ['all', [{ op: 'replace', path: '', value: [1] }], 500, 'cannot unmarshal array'],
  ['kind', [{ op: 'replace', path: '/kind', value: 'Secret' }], 500, '.Secret) to ('],
])(
  'a patch of a new object (%s) is refused, of a built-in kind and of a custom one',
  async (_, patch, status, words) => {
    const { call, configure, kinds, store, reported } = await withHook('mutating', () => patchOf(...patch));
    kinds.define(WIDGETS_CRD, customKinds(WIDGET_SPEC));
    await configure();
    const before = store.revision;
    for (const answer of [
      await call(`POST ${MAPS}`, { body: configMap('a', { a: '1' }) }),
      await call(`POST ${WIDGETS}`, { body: widget('a', { color: 'red' }) }),
    ]) {
      expect([answer.status, answer.body.message]).toEqual([status, expect.stringContaining(words)]);
    }
    expect([store.revision, reported]).toEqual([before, []]);
  },
);

test('a mutating webhook may name a new object, as upstream lets it, and learns what the client said of its fields', async () => {
  const name = patchOf(add('/metadata/name', 'b'));
  const hook = await withHook('mutating', ({ object }) => (object ? name : { allowed: true }));
  const { call, configure, kinds, store, asked } = hook;
  kinds.define(WIDGETS_CRD, customKinds(WIDGET_SPEC));
  await configure();
  for (const [path, body] of [
    [MAPS, configMap('a')],
    [WIDGETS, widget('a', { color: 'red' })],
  ] as const) {
    const made = await call<KubeObject>(`POST ${path}?fieldManager=m`, { body });
    expect([made.status, made.body.metadata.name]).toEqual([201, 'b']);
  }
  const again = (await call(`POST ${MAPS}`, { body: configMap('c') })).body.message;
  expect(again).toBe('configmaps "b" already exists');
  await call(`DELETE ${MAPS}/b`);
  const generated = { ...configMap(''), metadata: { generateName: 'a-' } };
  const { body } = await call<ConfigMap>(`POST ${MAPS}?fieldValidation=Strict`, { body: generated });
  expect([body.metadata.name, store.get('configmaps/default/a')]).toEqual(['b', undefined]);
  const options = { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' };
  expect([asked[0]?.options, asked.at(-1)?.options]).toEqual([
    { ...options, fieldManager: 'm' },
    { ...options, fieldValidation: 'Strict' },
  ]);
});

test('managers that cannot be read are those from before, with a warning', async () => {
  const entries = [{ manager: 'x', operation: 'Q', apiVersion: 'v1', fieldsType: 'z', fieldsV1: { bad: 7 } }];
  const { call, configure } = await withHook('mutating', () => patchOf(add('/metadata/managedFields', entries)));
  await configure();
  const { body, headers } = await call<ConfigMap>(`POST ${MAPS}`, { body: configMap('a', { a: '1' }) });
  expect(body.metadata.managedFields).toMatchObject([{ manager: 'unknown', operation: 'Update' }]);
  expect(headers.warning).toContain('managedFields was in an invalid state after admission');
});

test.each<[object, number, string]>([
  [{ code: 9999 }, 599, 'denied the request'],
  [{ code: 204 }, 400, 'denied the request'],
  [{ code: 'x' }, 500, 'response.status is of another type'],
  [{ code: 450.5 }, 500, 'response.status is of another type'],
  [{ message: { a: 1 } }, 500, 'response.status is of another type'],
  [{ details: { causes: 7 } }, 500, 'response.status is of another type'],
  [{ reason: 'constructor', details: null }, 400, 'denied the request: constructor'],
])('a denial with the status %j is one that HTTP can tell', async (status, code, words) => {
  const { call, configure, reported } = await withHook('validating', () => ({ allowed: false, status }));
  await configure();
  const answer = await call(`POST ${MAPS}`, { body: configMap('a') });
  expect([answer.status, answer.body.code, answer.body.message]).toEqual([code, code, expect.stringContaining(words)]);
  expect(reported).toEqual([]);
});

test('a webhook may answer with more warnings and annotations than are kept', async () => {
  const warnings = Array.from({ length: 300_000 }, () => 'w');
  const auditAnnotations = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, '']));
  const { call, configure, store } = await withHook('validating', () => ({
    allowed: true,
    warnings,
    auditAnnotations,
  }));
  await configure();
  const { status, headers } = await call(`POST ${MAPS}`, { body: configMap('a') });
  expect([status, headers.warning]).toEqual([201, '299 - "w"']);
  const cause = JSON.stringify(store.log({ after: 0, limit: 1000, prefixes: ['configmaps/default/a'] })[0]?.cause);
  expect(cause.length).toBeGreaterThan(7000);
  expect(cause.length).toBeLessThan(20_000);
});

test('a webhook sees a deleted object in the version of the request, or in that of its rule', async () => {
  const { call, create, configure, asked } = await withHook('validating', () => ({ allowed: true }));
  const path = `/apis/autoscaling/v1/namespaces/default/${HPAS}`;
  const scaleTargetRef = { kind: 'Deployment', name: 'x', apiVersion: 'apps/v1' };
  await create(path, {
    metadata: { name: 'h' },
    spec: { maxReplicas: 3, targetCPUUtilizationPercentage: 50, scaleTargetRef },
  });
  await configure();
  await call(`DELETE ${path}/h`);
  expect(asked[0]?.oldObject).toMatchObject({
    apiVersion: 'autoscaling/v1',
    spec: { targetCPUUtilizationPercentage: 50 },
  });
});

test('a name that is to be generated is not known to mutating webhooks yet, and is to validating ones', async () => {
  const body = { ...configMap(''), metadata: { generateName: 'made-' } };
  const mutating = await withHook('mutating', () => patchOf(add('/data', { a: '1' })));
  await mutating.configure();
  const made = await mutating.create<ConfigMap>(MAPS, body);
  expect(made.metadata.name).toMatch(/^made-.{5}$/);
  expect([mutating.asked[0]?.name, mutating.asked[0]?.object?.metadata.name]).toEqual([undefined, undefined]);
  const validating = await withHook('validating', () => ({ allowed: true }));
  await validating.configure();
  const { metadata } = await validating.create<ConfigMap>(MAPS, body);
  expect(validating.asked[0]).toMatchObject({ name: metadata.name, object: { metadata: { name: metadata.name } } });
});

test('a write does not wait longer than a write may, however many webhooks are slow and forgiving', async () => {
  let late = (): void => {};
  const slow = (): Error => {
    late();
    return new Error('context deadline exceeded');
  };
  const { call, clock, configure, requests } = await withHook('validating', slow, {
    failurePolicy: 'Ignore',
    timeoutSeconds: 30,
  });
  await configure();
  late = () => {
    clock.time += 20_000;
  };
  expect((await call(`POST ${MAPS}`, { body: configMap('a') })).status).toBe(201);
  const path = `${CONFIGURATIONS}/validatingwebhookconfigurations/all`;
  late = () => {
    clock.time += 40_000;
  };
  const answer = await call(`POST ${MAPS}`, { body: configMap('b') });
  expect([answer.status, answer.body.reason]).toEqual([504, 'Timeout']);
  expect(requests.map(({ timeoutMs }) => timeoutMs)).toEqual([30_000, 30_000]);
  expect((await call(`DELETE ${path}`)).status).toBe(200);
});

test('a webhook that refuses everything keeps no cluster from beginning, and none from being rid of it', async () => {
  const { api, call, configure, asked } = await withHook('validating', () => ({ allowed: false }));
  await configure();
  await bootstrap(api, START);
  expect(asked).toEqual([]);
  expect((await call('PUT /api/v1/namespaces/default', { body: { metadata: { name: 'default' } } })).status).toBe(400);
  expect((await call(`DELETE ${CONFIGURATIONS}/validatingwebhookconfigurations/all`)).status).toBe(200);
  expect((await call(`POST ${MAPS}`, { body: configMap('a') })).status).toBe(201);
});

test('many webhooks are asked a few at a time, and none after one has refused', async () => {
  let under = 0;
  let most = 0;
  let asked = 0;
  let refuses = -1;
  const outbound: Outbound = async (request) => {
    most = Math.max(most, ++under);
    const { uid } = (JSON.parse(request.body ?? '') as { request: Asked }).request;
    await new Promise((resolve) => setTimeout(resolve, 1));
    under--;
    const response = { uid, allowed: asked++ !== refuses };
    const body = JSON.stringify({ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', response });
    return { status: 200, headers: {}, body };
  };
  const { call, create } = await testApi({ outbound });
  const webhooks = Array.from({ length: 35 }, (_, at) => ({
    name: `w${at}.example.com`,
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    clientConfig: { url: 'https://hooks.example.com/' },
    rules: [{ operations: ['*'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }],
  }));
  await create(`${CONFIGURATIONS}/validatingwebhookconfigurations`, { metadata: { name: 'many' }, webhooks });
  expect((await call(`POST ${MAPS}`, { body: configMap('a') })).status).toBe(201);
  expect([asked, most]).toEqual([35, 10]);
  [asked, refuses] = [0, 0];
  expect((await call(`POST ${MAPS}`, { body: configMap('b') })).body.message).toContain('denied the request');
  expect(asked).toBeLessThan(35);
});

test('an answer may give null for what it leaves out', async () => {
  const nothing = { allowed: true, patch: null, patchType: null, warnings: null, status: null, auditAnnotations: null };
  for (const sort of ['mutating', 'validating'] as const) {
    const { call, configure } = await withHook(sort, () => nothing);
    await configure();
    expect((await call(`POST ${MAPS}`, { body: configMap('a') })).status).toBe(201);
  }
});

test('a denial is one whatever patch comes with it, also where failures are ignored', async () => {
  const answer = { allowed: false, patch: '!!', patchType: 'Other' };
  const { call, configure } = await withHook('mutating', () => answer, { failurePolicy: 'Ignore' });
  await configure();
  expect((await call(`POST ${MAPS}`, { body: configMap('a') })).body.message).toContain('denied the request');
});

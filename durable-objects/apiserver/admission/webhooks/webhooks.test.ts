import { expect, test } from 'vitest';
import type { Webhook } from '../../../../kube/kinds/admissionregistration/webhooks.ts';
import type { ConfigMap, Pod } from '../../../../kube/types.ts';
import { type Outbound, OutboundError, type OutboundRequest } from '../../outbound.ts';
import { type TestApi, testApi } from '../../testing/harness.ts';
import { configMap, MAPS, MERGE, PODS, pod } from '../../testing/objects.ts';

interface Review {
  request: Record<string, unknown> & { uid: string; object: { data?: Record<string, string> } | null };
}

type Answer = Record<string, unknown>;

const ROOT = '/apis/admissionregistration.k8s.io/v1';
const MAP_RULE = { operations: ['CREATE', 'UPDATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] };

const base64 = (value: unknown): string => btoa(JSON.stringify(value));
const patchOf = (...operations: unknown[]): Answer => ({
  allowed: true,
  patchType: 'JSONPatch',
  patch: base64(operations),
});

/** An API server whose webhooks are functions of the review, by the path of their URL. */
async function withHooks(hooks: Record<string, (review: Review) => Answer | Error>) {
  const asked: { path: string; review: Review; request: OutboundRequest }[] = [];
  const outbound: Outbound = async (request) => {
    const url = 'url' in request.to ? new URL(request.to.url) : undefined;
    const path = url?.pathname.slice(1) ?? '';
    const review = JSON.parse(request.body ?? '') as Review;
    asked.push({ path, review, request });
    const answer = hooks[path]?.(review);
    if (!answer || answer instanceof Error) throw new OutboundError(answer?.message ?? 'no such host');
    const { code = 200, raw, ...response } = answer as Answer & { code?: number };
    const body = {
      kind: 'AdmissionReview',
      apiVersion: 'admission.k8s.io/v1',
      response: { uid: review.request.uid, ...response },
    };
    return { status: code as number, headers: {}, body: typeof raw === 'string' ? raw : JSON.stringify(body) };
  };
  return { asked, ...(await testApi({ outbound })) };
}

const hook = (path: string, over: Partial<Webhook> = {}): object => ({
  name: `${path}.example.com`,
  admissionReviewVersions: ['v1'],
  sideEffects: 'None',
  clientConfig: { url: `https://hooks.example.com/${path}` },
  rules: [MAP_RULE],
  ...over,
});

function configure({ create }: Pick<TestApi, 'create'>, sort: 'mutating' | 'validating', ...webhooks: object[]) {
  return create(`${ROOT}/${sort}webhookconfigurations`, { metadata: { name: `hooks-${sort}` }, webhooks });
}

/** As upstream's `test/integration/apiserver/admissionwebhook/timeout_test.go` expects. */
test.each([
  ['3s', 20, 3000],
  ['2500ms', 20, 2500],
  ['20s', 5, 5000],
  ['0', 5, 5000],
  ['100s', 30, 30_000],
])('with ?timeout=%s a webhook of %i s has %i ms', async (timeout, timeoutSeconds, timeoutMs) => {
  const api = await withHooks({ look: () => ({ allowed: true }) });
  await configure(api, 'validating', hook('look', { timeoutSeconds }));
  expect((await api.call(`POST ${MAPS}?timeout=${timeout}`, { body: configMap('a') })).status).toBe(201);
  expect(api.asked[0]?.request).toMatchObject({
    to: { url: `https://hooks.example.com/look?timeout=${Math.ceil(timeoutMs / 1000)}s` },
    timeoutMs,
  });
});

test('a webhook sees the request as upstream shows it, and its patch is what is stored', async () => {
  const api = await withHooks({ add: () => patchOf({ op: 'add', path: '/data/added', value: 'yes' }) });
  await configure(api, 'mutating', hook('add', { timeoutSeconds: 5 }));
  const made = await api.create<ConfigMap>(MAPS, configMap('a', { own: '1' }));
  expect(made.data).toEqual({ own: '1', added: 'yes' });
  expect((await api.call<ConfigMap>(`GET ${MAPS}/a`)).body.data).toEqual({ own: '1', added: 'yes' });
  expect(api.asked[0]?.request).toMatchObject({
    to: { url: 'https://hooks.example.com/add?timeout=5s' },
    method: 'POST',
    timeoutMs: 5000,
  });
  expect(api.asked[0]?.review).toMatchObject({
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      kind: { group: '', version: 'v1', kind: 'ConfigMap' },
      resource: { group: '', version: 'v1', resource: 'configmaps' },
      requestKind: { group: '', version: 'v1', kind: 'ConfigMap' },
      name: 'a',
      namespace: 'default',
      operation: 'CREATE',
      userInfo: { username: 'islet:admin', groups: ['system:masters', 'system:authenticated'] },
      object: { apiVersion: 'v1', kind: 'ConfigMap', data: { own: '1' } },
      oldObject: null,
      dryRun: false,
      options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
    },
  });
  await api.call(`PATCH ${MAPS}/a`, { body: { data: { own: '2' } }, headers: MERGE });
  expect(api.asked[1]?.review.request).toMatchObject({ operation: 'UPDATE', oldObject: { data: { own: '1' } } });
});

test('a denial has the webhook’s words and code, and its warnings reach the client either way', async () => {
  const status = { message: 'not today', code: 418, reason: 'Teapot', details: { retryAfterSeconds: 7 } };
  const api = await withHooks({
    no: () => ({ allowed: false, status, warnings: ['beware'] }),
    silent: () => ({ allowed: false }),
  });
  await configure(api, 'validating', hook('no'));
  const refused = await api.call(`POST ${MAPS}`, { body: configMap('a') });
  expect(refused.status).toBe(418);
  expect(refused.headers).toMatchObject({ warning: '299 - "beware"', 'retry-after': '7' });
  expect(refused.body).toMatchObject({
    status: 'Failure',
    reason: 'Teapot',
    message: 'admission webhook "no.example.com" denied the request: not today',
  });
  await api.call(`DELETE ${ROOT}/validatingwebhookconfigurations/hooks-validating`);
  await configure(api, 'validating', hook('silent'));
  expect((await api.call(`POST ${MAPS}`, { body: configMap('a') })).body).toMatchObject({
    code: 400,
    message: 'admission webhook "silent.example.com" denied the request without explanation',
  });
  expect(api.store.get('configmaps/default/a')).toBeUndefined();
});

test.each<[Answer | Error, string]>([
  [
    new Error('connection refused'),
    'failed to call webhook: Post "https://hooks.example.com/x?timeout=10s": connection refused',
  ],
  [{ code: 404 }, 'failed to call webhook: the server could not find the requested resource'],
  [{ allowed: true, uid: 'other' }, 'received invalid webhook response: expected response.uid='],
  [{ raw: '{}' }, 'received invalid webhook response: webhook response was absent'],
  [
    { raw: '<html>' },
    "failed to call webhook: couldn't get version/kind; json parse error: invalid character '<' looking for beginning of value",
  ],
  [
    { raw: '{"apiVersion":"admission.k8s.io/v1beta1","kind":"AdmissionReview"}' },
    'failed to call webhook: converting (v1beta1.AdmissionReview) to (v1.AdmissionReview): unknown conversion',
  ],
  [
    { allowed: true, patch: 'e30=', patchType: 'Merge' },
    'received undecodable patch in webhook response: json: cannot unmarshal object into Go value of type jsonpatch.Patch',
  ],
  [{ allowed: true, patch: 'e30=' }, 'webhook returned response.patch but not response.patchType'],
  [{ allowed: true, patch: '!!', patchType: 'JSONPatch' }, 'received undecodable patch in webhook response'],
])('where a call fails (%j), the policy decides', async (answer, words) => {
  const api = await withHooks({ x: () => answer });
  await configure(api, 'mutating', hook('x'));
  const failed = await api.call(`POST ${MAPS}`, { body: configMap('a') });
  expect([failed.status, failed.body.reason]).toEqual([500, 'InternalError']);
  expect(failed.body.message).toContain('Internal error occurred: failed calling webhook "x.example.com": ');
  expect(failed.body.message).toContain(words);
  const path = `${ROOT}/mutatingwebhookconfigurations/hooks-mutating`;
  const ignore = [{ op: 'replace', path: '/webhooks/0/failurePolicy', value: 'Ignore' }];
  await api.call(`PATCH ${path}`, { body: ignore, headers: { 'content-type': 'application/json-patch+json' } });
  expect((await api.call(`POST ${MAPS}`, { body: configMap('a') })).status).toBe(201);
});

test('a webhook is asked about what its rules and selectors choose, and never about configurations', async () => {
  const api = await withHooks({
    all: () => ({ allowed: true }),
    ns: () => ({ allowed: true }),
    old: () => ({ allowed: true }),
  });
  const all = { operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] };
  await configure(
    api,
    'validating',
    hook('all', { rules: [all], objectSelector: { matchLabels: { app: 'web' } } }),
    hook('ns', { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } }),
    hook('old', { rules: [{ ...MAP_RULE, apiGroups: ['events.k8s.io'], resources: ['events'] }] }),
  );
  const paths = () => api.asked.splice(0).map(({ path }) => path);
  await api.create(MAPS, configMap('plain'));
  expect(paths()).toEqual([]);
  await api.create(MAPS, { ...configMap('web'), metadata: { name: 'web', labels: { app: 'web' } } });
  expect(paths()).toEqual(['all']);
  await api.create(MAPS.replace('default', 'kube-system'), configMap('x'));
  expect(paths()).toEqual(['ns']);
  await api.create(`${ROOT}/validatingwebhookconfigurations`, {
    metadata: { name: 'z', labels: { app: 'web' } },
    webhooks: [],
  });
  expect(paths()).toEqual([]);
  const event = { metadata: { name: 'e' }, involvedObject: { namespace: 'default' }, reason: 'r', type: 'Normal' };
  await api.create('/api/v1/namespaces/default/events', event);
  expect(api.asked[0]?.review.request).toMatchObject({
    kind: { group: 'events.k8s.io', version: 'v1', kind: 'Event' },
    requestKind: { group: '', version: 'v1', kind: 'Event' },
    object: { apiVersion: 'events.k8s.io/v1', reason: 'r' },
  });
});

test('an object that a webhook has changed is defaulted, and earlier webhooks are called again where their reinvocationPolicy says so', async () => {
  const order: string[] = [];
  const api = await withHooks({
    first: ({ request }) => {
      order.push(`first ${Object.keys(request.object?.data ?? {}).sort()}`);
      return { allowed: true };
    },
    never: () => ({ allowed: true }),
    second: () => patchOf({ op: 'add', path: '/data/b', value: '1' }),
    sidecar: () => patchOf({ op: 'add', path: '/spec/containers/-', value: { name: 'side', image: 'side' } }),
  });
  const pods = [{ ...MAP_RULE, resources: ['pods'] }];
  await configure(
    api,
    'mutating',
    hook('first', { reinvocationPolicy: 'IfNeeded' }),
    hook('never'),
    hook('second', { reinvocationPolicy: 'IfNeeded' }),
    hook('sidecar', { rules: pods }),
  );
  await api.create(MAPS, configMap('a', { a: '1' }));
  expect(order).toEqual(['first a', 'first a,b']);
  expect(api.asked.map(({ path }) => path)).toEqual(['first', 'never', 'second', 'first']);
  const made = await api.create<Pod>(PODS, pod('p'));
  expect(made.spec?.containers[1]).toMatchObject({ name: 'side', imagePullPolicy: 'Always' });
});

test('a patch that leaves no valid object is refused, and a dry run asks as a dry run', async () => {
  const api = await withHooks({
    bad: () => patchOf({ op: 'add', path: '/data', value: 7 }),
    ok: () => ({ allowed: true }),
  });
  await configure(api, 'mutating', hook('bad', { objectSelector: { matchLabels: { bad: 'yes' } } }));
  await configure(api, 'validating', hook('ok'));
  const bad = { ...configMap('a'), metadata: { name: 'a', labels: { bad: 'yes' } } };
  expect(await api.call(`POST ${MAPS}`, { body: bad })).toMatchObject({ status: 500 });
  expect((await api.call(`POST ${MAPS}?dryRun=All`, { body: configMap('b') })).status).toBe(201);
  expect(api.asked.at(-1)?.review.request).toMatchObject({ dryRun: true, options: { dryRun: ['All'] } });
  expect(api.store.get('configmaps/default/b')).toBeUndefined();
});

test('conditions are evaluated before a webhook is asked, and one that fails decides by the policy', async () => {
  const api = await withHooks({ x: () => ({ allowed: true }) });
  const conditions = (expression: string): Partial<Webhook> => ({
    matchConditions: [
      { name: 'not-nodes', expression: "!('system:nodes' in request.userInfo.groups)" },
      { name: 'own', expression },
    ],
  });
  const bad = { metadata: { name: 'bad' }, webhooks: [hook('x', conditions('object.metadata.name =='))] };
  expect((await api.call(`POST ${ROOT}/validatingwebhookconfigurations`, { body: bad })).body.message).toMatch(
    /webhooks\[0\]\.matchConditions\[1\]\.expression: Invalid value: .* compilation failed: ERROR/s,
  );
  await configure(api, 'validating', hook('x', conditions("object.metadata.name.startsWith('asked')")));
  await api.create(MAPS, configMap('plain'));
  await api.create(MAPS, configMap('asked'));
  expect(api.asked.map(({ review }) => review.request.name)).toEqual(['asked']);
  const failing = hook('x', conditions("object.metadata.labels['none'] == 'x'"));
  await configure(api, 'mutating', failing);
  const refused = await api.call(`POST ${MAPS}`, { body: configMap('c') });
  expect([refused.status, refused.body.message]).toEqual([
    403,
    expect.stringMatching(/^configmaps "c" is forbidden: .*no such key/s),
  ]);
});

test('a webhook that wishes to is asked again about what a mutating policy changed, and a policy about a webhook’s', async () => {
  const grow = (field: string) =>
    `Object{data: {"${field}": object.data.?${field}.orValue("") + string(object.data.size())}}`;
  const api = await withHooks({
    add: () => patchOf({ op: 'add', path: '/data/hook', value: 'yes' }),
    look: () => ({ allowed: true }),
  });
  const policy = (name: string, reinvocationPolicy: string) => ({
    metadata: { name },
    spec: {
      reinvocationPolicy,
      matchConstraints: { resourceRules: [MAP_RULE] },
      mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression: grow(name) } }],
    },
  });
  for (const [name, again] of [
    ['first', 'IfNeeded'],
    ['second', 'Never'],
  ] as const) {
    await api.create(`${ROOT}/mutatingadmissionpolicies`, policy(name, again));
    await api.create(`${ROOT}/mutatingadmissionpolicybindings`, { metadata: { name }, spec: { policyName: name } });
  }
  await configure(api, 'mutating', hook('look', { reinvocationPolicy: 'IfNeeded' }), hook('add'));
  const made = await api.create<ConfigMap>(MAPS, configMap('a', { own: '1' }));
  // Policies come before webhooks: the first one sees one more entry of each in its second round.
  expect(made.data).toEqual({ own: '1', first: '14', second: '2', hook: 'yes' });
  expect(api.asked.map(({ path, review }) => `${path} ${review.request.object?.data?.first}`)).toEqual([
    'look 1',
    'add 1',
    'look 14',
  ]);
});

import { expect, test } from 'vitest';
import type { Status } from '../../../kube/machinery/status.ts';
import { Registry } from '../../../kube/metrics/registry.ts';
import { defineController } from './controller.ts';
import type { Action, OnRefused, Plan } from './plan.ts';
import { createPlanRunner } from './plan-runner.ts';
import type { RequestPort } from './ports.ts';

type Request = Parameters<RequestPort['request']>[0];

const controller = defineController({
  name: 'test-controller',
  for: 'things',
  reconcile: () => ({ actions: [] }),
});
const pod = (name: string): Action => ({
  do: 'create',
  resource: 'pods',
  object: { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' } },
});
const refusal = (reason: Status['reason'], more: Partial<Status> = {}): Status => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  reason,
  message: `${reason}!`,
  code: 400,
  ...more,
});

const nameIn = ({ body }: Request) => (body as { metadata: { name: string } }).metadata.name;

/** Performs a plan against an API that refuses what `refuse` says. */
async function perform(plan: Plan, refuse: (request: Request) => Status | undefined = () => undefined) {
  const requests: Request[] = [];
  const events: string[] = [];
  let [inFlight, most, version, inTurn, mostInTurn] = [0, 0, 100, 0, 0];
  const runner = createPlanRunner({
    request: {
      async request(request) {
        requests.push(request);
        most = Math.max(most, ++inFlight);
        mostInTurn = Math.max(mostInTurn, ++inTurn);
        await new Promise((resolve) => setTimeout(resolve, 0));
        inTurn = 0;
        inFlight--;
        const status = refuse(request);
        if (status) return { ok: false, status };
        const body = request.body as { metadata?: object; kind?: string; spec?: { user?: string } };
        if (body.kind === 'SubjectAccessReview') {
          return { ok: true, object: { status: { allowed: body.spec?.user === 'jane' } } };
        }
        return {
          ok: true,
          object: {
            ...body,
            metadata: { name: 'g', namespace: 'default', ...body.metadata, resourceVersion: String(++version) },
          },
        };
      },
    },
    metrics: new Registry(),
    events: { record: async (_source, event) => void events.push(event.message) },
    follow: () => false,
    effects: { copy: async (object) => [{ do: 'create', resource: 'pods', object }] },
    clock: { now: () => 5 },
    versionOf: (resource) => (resource === 'gadgets.example.com' ? 'v1beta1' : undefined),
    background: () => {},
    async pause() {
      inTurn = 0;
    },
  });
  const outcome = await runner.perform(controller, 'things/default/a', 42, plan);
  return { outcome, requests, events, most, mostInTurn };
}

test('creates start slowly, and after a refusal nothing more is tried; the refusal’s outcome is recorded once', async () => {
  const regarding = { apiVersion: 'v1', kind: 'Thing', namespace: 'default', name: 'a', uid: 'u' };
  const onRefused: OnRefused = {
    event: { type: 'Warning', reason: 'FailedCreate', message: 'Error creating: ', regarding },
  };
  const actions = Array.from({ length: 100 }, (_, index) => ({ ...pod(`p${index}`), onRefused }));
  const { outcome, requests, events } = await perform({ actions, parallel: true }, ({ body }) =>
    Number((body as { metadata: { name: string } }).metadata.name.slice(1)) >= 3 ? refusal('Forbidden') : undefined,
  );
  expect(outcome.ok).toBe(false);
  expect(requests).toHaveLength(1 + 2 + 4);
  expect(events).toEqual(['Error creating: Forbidden!']);
});

test('a refusal is recorded in an event and a condition, and nothing else of the object is touched', async () => {
  const object = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'set', namespace: 'default', annotations: { format: '{error} {name}' } },
    status: { replicas: 1, conditions: [{ type: 'Ready', status: 'True' }] },
  };
  const condition = { type: 'Failed', status: 'True', reason: 'No', message: 'refused: ' };
  const onRefused: OnRefused = { condition: { resource: 'pods', object, condition } };
  const { requests } = await perform({ actions: [{ ...pod('p'), onRefused }] }, ({ method }) =>
    method === 'POST' ? refusal('Forbidden', { message: 'no {name}' }) : undefined,
  );
  const conditions = [...object.status.conditions, { ...condition, message: 'refused: no {name}' }];
  expect(requests.slice(1)).toMatchObject([
    { method: 'PUT', path: '/api/v1/namespaces/default/pods/set/status', body: { ...object, status: { conditions } } },
  ]);
});

test('sequences start slowly beside one another; a refusal ends its own, with the events that it names', async () => {
  const regarding = { apiVersion: 'v1', kind: 'Thing', namespace: 'default', name: 'a', uid: 'u' };
  const event = (message: string) => ({ type: 'Warning' as const, reason: 'FailedCreate', message, regarding });
  const of = (n: number): Action => ({
    do: 'sequence',
    actions: [
      { ...pod(`claim${n}`), onRefused: { event: event('claim: '), alsoEvent: event('pod: ') } },
      pod(`pod${n}`),
    ],
  });
  const { outcome, requests, events } = await perform(
    { actions: [0, 1, 2, 3, 4].map(of), parallel: true },
    (request) => (nameIn(request) === 'claim1' ? refusal('Forbidden') : undefined),
  );
  expect(outcome).toMatchObject({ ok: false, status: { reason: 'Forbidden' } });
  expect(requests.map(nameIn).sort()).toEqual(['claim0', 'claim1', 'claim2', 'pod0', 'pod2']);
  expect(events).toEqual(['claim: Forbidden!', 'pod: Forbidden!']);
});

test('of deletions each is tried, and of runs that are apart each ends for itself; the first refusal is the outcome', async () => {
  const remove = (name: string): Action => ({ do: 'delete', target: { resource: 'pods', namespace: 'default', name } });
  const refuse = ({ path }: Request) => (path.endsWith('/bad') ? refusal('Forbidden') : undefined);
  const names = ['bad', ...Array.from({ length: 100 }, (_, index) => `p${index}`)];
  const all = await perform({ actions: names.map(remove), parallel: true }, refuse);
  expect([all.outcome.ok, all.requests.length]).toEqual([false, 101]);

  const apart = [
    [remove('bad'), remove('never')],
    [remove('a'), remove('b')],
  ];
  const { outcome, requests } = await perform({ apart, actions: [remove('last')] }, refuse);
  expect(outcome).toMatchObject({ ok: false, status: { reason: 'Forbidden' } });
  expect(requests.map(({ path }) => path.slice(path.lastIndexOf('/') + 1))).toEqual(['bad', 'a', 'b', 'last']);
});

test('no more than 64 writes are under way at a time, and no more than 16 begin in a turn', async () => {
  const { most, mostInTurn, requests } = await perform({
    actions: Array.from({ length: 300 }, (_, index) => pod(`p${index}`)),
    parallel: true,
  });
  expect([requests.length, most, mostInTurn]).toEqual([300, 64, 16]);
});

test('a conflict is only tried again; a missing object, and a namespace that is being deleted, are no failures', async () => {
  const gone: Action = { do: 'delete', target: { resource: 'pods', namespace: 'default', name: 'p', uid: 'u' } };
  expect((await perform({ actions: [gone] }, () => refusal('NotFound'))).outcome.ok).toBe(true);
  const ending = refusal('Forbidden', { details: { causes: [{ reason: 'NamespaceTerminating' }] } });
  expect((await perform({ actions: [pod('p')] }, () => ending)).outcome.ok).toBe(true);
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'q', namespace: 'default' } };
  const condition = { type: 'Failed', status: 'True' };
  const { outcome, requests } = await perform(
    { actions: [{ ...pod('p'), onRefused: { condition: { resource: 'pods', object, condition } } }] },
    () => refusal('Conflict'),
  );
  expect([outcome.ok, requests.length]).toEqual([false, 1]);
});

test('requests carry the controller as user, the cause, and the state that was seen; a second write follows the first', async () => {
  const object = {
    apiVersion: 'example.com/v1beta1',
    kind: 'Gadget',
    metadata: { name: 'g', namespace: 'default', resourceVersion: '7' },
  };
  const target = { resource: 'gadgets.example.com', namespace: 'default', name: 'g', uid: 'u', resourceVersion: '7' };
  const { requests } = await perform({
    actions: [
      { do: 'update', resource: target.resource, object },
      { do: 'patch', target, patch: { metadata: { labels: { a: 'b' } } } },
      { do: 'delete', target, propagationPolicy: 'Foreground' },
    ],
  });
  const path = '/apis/example.com/v1beta1/namespaces/default/gadgets/g';
  expect(requests).toMatchObject([
    {
      method: 'PUT',
      path,
      user: 'system:serviceaccount:kube-system:test-controller',
      cause: { kind: 'controller', name: 'test-controller', key: 'things/default/a', saw: 42, at: 5 },
      body: { metadata: { resourceVersion: '7' } },
    },
    { method: 'PATCH', path, body: { metadata: { uid: 'u', resourceVersion: '101', labels: { a: 'b' } } } },
    {
      method: 'DELETE',
      path,
      body: { preconditions: { uid: 'u', resourceVersion: '102' }, propagationPolicy: 'Foreground' },
    },
  ]);
});

test('an effect answers with the actions that write down what it made', async () => {
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'made', namespace: 'default' } };
  const { requests, outcome } = await perform({ actions: [{ do: 'effect', effect: 'copy', object }, pod('b')] });
  expect([outcome.ok, requests.map(({ body }) => (body as { metadata: { name: string } }).metadata.name)]).toEqual([
    true,
    ['made', 'b'],
  ]);
  await expect(perform({ actions: [{ do: 'effect', effect: 'none', object }] })).rejects.toThrow('none');
});

test.each([
  ['jane', undefined, true, ['a']],
  ['joe', [pod('c')], true, ['c']],
  ['joe', undefined, false, []],
] as const)('what depends on a right of %s is done when they have it', async (user, denied, isDone, names) => {
  const review = { user, resourceAttributes: { verb: 'create', group: '', resource: 'things' } };
  const action: Action = { do: 'if-allowed', review, allowed: [pod('a')], ...(denied ? { denied } : {}) };
  const { requests, outcome } = await perform({ actions: [action] });
  expect(requests[0]).toMatchObject({
    path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    body: { spec: review },
  });
  const made = requests.slice(1).map(({ body }) => (body as { metadata: { name: string } }).metadata.name);
  expect([outcome.ok, made]).toEqual([isDone, names]);
});

test('statuses that kube-apiserver writes upstream have its manager', async () => {
  const action = (resource: string, apiVersion: string): Action => ({
    do: 'update-status',
    resource,
    object: { apiVersion, kind: 'Any', metadata: { name: 'x' } },
  });
  const { requests } = await perform({
    actions: [
      action('apiservices.apiregistration.k8s.io', 'apiregistration.k8s.io/v1'),
      action('deployments.apps', 'apps/v1'),
    ],
  });
  expect(requests.map(({ query }) => query)).toEqual([
    'fieldManager=kube-apiserver',
    'fieldManager=kube-controller-manager',
  ]);
});

test('of writes that go together, two of one object follow one another, each from the state that the other made', async () => {
  const status = (name: string, phase: string): Action => ({
    do: 'update-status',
    resource: 'pods',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default', resourceVersion: '7' },
      status: { phase },
    },
  });
  const actions = [status('a', 'Running'), status('b', 'Running'), status('a', 'Failed'), status('b', 'Failed')];
  const { requests, most } = await perform({ actions, parallel: true });
  const versions = requests.map(
    ({ body }) => (body as { metadata: { resourceVersion: string } }).metadata.resourceVersion,
  );
  expect([versions, most]).toEqual([['7', '7', '101', '102'], 2]);
});
